"""Where networks run: the processor, or a GPU that PyTorch can use."""

from .bootstrap.torch_wheels import accelerator
from .errors import OneTakeError

DEVICES = ("auto", "cpu", "cuda", "mps")
_NAMES = {"cuda": "CUDA graphics card", "mps": "Apple graphics processor"}


def choose_device(wanted: str = "auto") -> str:
    """One of DEVICES made "cpu", "cuda" or "mps"; auto takes a GPU where there is one that works.

    Raises OneTakeError no_device when a GPU that was asked for does not work here.
    """
    if wanted == "cpu":
        return wanted
    if wanted == "auto":
        if accelerator() == "cpu":
            return "cpu"  # most machines: they are spared the second that loading torch takes
        return next((gpu for gpu in _NAMES if _problem(gpu) is None), "cpu")
    problem = _problem(wanted)
    if problem:
        raise OneTakeError(
            "no_device",
            f"PyTorch can use no {_NAMES[wanted]} here: {problem}. Leave out --device {wanted} to "
            "run on what there is.",
        )
    return wanted


def halves(device: str) -> bool:
    """Whether sums in half precision (bfloat16) are faster there than in single."""
    import torch

    if device == "cpu":
        return torch.cpu._is_avx512_bf16_supported()  # emulated, they would be slower
    return device == "cuda"


def _problem(device: str) -> str | None:
    """Why PyTorch cannot compute on it, or None."""
    import torch

    available = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available}[device]
    if not available():
        return "it finds none, or was built without support for it"
    try:
        # A card too old or too new for this build is found, and fails when it is to compute.
        torch.ones(2, device=device).add(1).sum().item()
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return None
