"""Where PyTorch comes from, which networks are accepted, which system libraries are asked for."""

import hashlib
import sys
import zipfile

import pytest

from backend.bootstrap import (
    installation,
    interpreters,
    pose_models,
    system_libraries,
    torch_wheels,
)
from backend.errors import OneTakeError


def no_program(name):
    return None


class TestTorch:
    def test_cpu_without_an_nvidia_driver(self, tmp_path):
        assert torch_wheels.accelerator("linux", no_program, tmp_path / "version") == "cpu"
        assert torch_wheels.accelerator("win32", no_program, tmp_path / "version") == "cpu"

    def test_cuda_with_one(self, tmp_path):
        driver = tmp_path / "version"
        driver.touch()
        assert torch_wheels.accelerator("linux", no_program, driver) == "cuda"
        nvidia_smi = "/usr/lib/wsl/lib/nvidia-smi"
        assert torch_wheels.accelerator("linux", lambda name: nvidia_smi, tmp_path / "x") == "cuda"
        assert torch_wheels.accelerator("win32", lambda name: nvidia_smi, tmp_path / "x") == "cuda"

    def test_mps_on_a_mac(self, tmp_path):
        assert torch_wheels.accelerator("darwin", no_program, tmp_path) == "mps"

    @pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
    @pytest.mark.parametrize("accelerator", ["cpu", "cuda", "mps"])
    def test_a_local_wheel_is_taken_first(self, accelerator, platform):
        assert "--no-index" in torch_wheels.sources(accelerator, platform)[0].options

    @pytest.mark.parametrize(
        ("accelerator", "platform", "index"),
        [
            ("cpu", "linux", "https://download.pytorch.org/whl/cpu"),
            ("cpu", "win32", "https://download.pytorch.org/whl/cpu"),
            ("cuda", "win32", "https://download.pytorch.org/whl/cu130"),
        ],
    )
    def test_upstreams_index_where_the_default_holds_another_build(
        self, accelerator, platform, index
    ):
        assert torch_wheels.sources(accelerator, platform)[1].options == ("--index-url", index)

    @pytest.mark.parametrize(("accelerator", "platform"), [("cuda", "linux"), ("mps", "darwin")])
    def test_the_default_index_where_it_holds_the_right_one(self, accelerator, platform):
        assert [s.options for s in torch_wheels.sources(accelerator, platform)[1:]] == [()]


class TestModels:
    @pytest.fixture
    def contents(self, monkeypatch):
        contents = {"a.tflite": b"first network", "b.tflite": b"second network"}
        monkeypatch.setattr(
            pose_models,
            "MODELS",
            {
                name: (f"pack/{name}", hashlib.sha256(content).hexdigest())
                for name, content in contents.items()
            },
        )
        return contents

    @staticmethod
    def write_wheel(path, contents):
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in contents.items():
                wheel.writestr(f"pack/{name}", content)
        return path

    def test_takes_them_out(self, tmp_path, contents):
        wheel = self.write_wheel(tmp_path / "pack.whl", contents)
        folder = tmp_path / "models"
        assert not pose_models.models_installed(folder)
        pose_models.install_models(wheel, folder)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents
        assert pose_models.models_installed(folder)

    def test_refuses_other_bytes_and_leaves_nothing(self, tmp_path, contents):
        wheel = self.write_wheel(tmp_path / "pack.whl", {**contents, "b.tflite": b"evil network"})
        with pytest.raises(OneTakeError, match=r"b\.tflite") as error:
            pose_models.install_models(wheel, tmp_path / "models")
        assert error.value.code == "bad_model"
        assert not list(tmp_path.rglob("*.tflite*"))

    def test_refuses_a_wheel_without_them(self, tmp_path, contents):
        wheel = self.write_wheel(tmp_path / "pack.whl", {"a.tflite": contents["a.tflite"]})
        with pytest.raises(OneTakeError):
            pose_models.install_models(wheel, tmp_path / "models")
        assert not list(tmp_path.rglob("*.tflite*"))

    def test_refuses_half_a_wheel(self, tmp_path, contents):
        wheel = self.write_wheel(tmp_path / "pack.whl", contents)
        wheel.write_bytes(wheel.read_bytes()[:-30])
        with pytest.raises(OneTakeError):
            pose_models.install_models(wheel, tmp_path / "models")
        assert not list(tmp_path.rglob("*.tflite*"))

    def test_keeps_the_old_ones_when_the_new_are_wrong(self, tmp_path, contents):
        folder = tmp_path / "models"
        pose_models.install_models(self.write_wheel(tmp_path / "pack.whl", contents), folder)
        wrong = self.write_wheel(tmp_path / "wrong.whl", {**contents, "b.tflite": b"x"})
        with pytest.raises(OneTakeError):
            pose_models.install_models(wrong, folder)
        assert (folder / "a.tflite").read_bytes() == contents["a.tflite"]

    def test_their_names_are_those_the_detector_opens(self):
        blazepose = pytest.importorskip("backend.people.blazepose")
        assert {blazepose.DETECTOR_FILE, blazepose.LANDMARK_FILE} == set(pose_models.MODELS)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's libraries")
class TestSystemLibraries:
    LINE = "apt-get install --no-install-recommends -y libxi6 libegl1"

    @staticmethod
    def without_two(library):
        return library not in ("libXi.so.6", "libEGL.so.1")

    def ensure(self, tmp_path, can_load):
        said = []
        system_libraries.ensure(tmp_path / "log", said.append, can_load)
        return said

    def test_nothing_is_done_when_all_are_there(self, tmp_path):
        assert self.ensure(tmp_path, lambda library: True) == []

    def test_a_user_gets_the_exact_line(self, tmp_path, monkeypatch):
        monkeypatch.setattr(system_libraries.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(system_libraries.os, "geteuid", lambda: 1000)
        with pytest.raises(OneTakeError, match=f"sudo {self.LINE}$"):
            self.ensure(tmp_path, self.without_two)

    def test_root_gets_them_installed(self, tmp_path, monkeypatch):
        ran = []

        def run_logged(command, log, env):
            ran.append(" ".join(command))
            return 0

        monkeypatch.setattr(system_libraries.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(system_libraries.os, "geteuid", lambda: 0)
        monkeypatch.setattr(system_libraries, "run_logged", run_logged)
        said = []
        system_libraries.ensure(
            tmp_path / "log", said.append, lambda library: bool(ran) or self.without_two(library)
        )
        assert ran == ["apt-get update", self.LINE]
        assert said == [self.LINE]

    def test_a_failed_installation_names_the_line(self, tmp_path, monkeypatch):
        monkeypatch.setattr(system_libraries.shutil, "which", lambda name: f"/usr/bin/{name}")
        monkeypatch.setattr(system_libraries.os, "geteuid", lambda: 0)
        monkeypatch.setattr(system_libraries, "run_logged", lambda *arguments: 100)
        with pytest.raises(OneTakeError, match=self.LINE):
            self.ensure(tmp_path, self.without_two)

    def test_other_distributions_get_the_names(self, tmp_path, monkeypatch):
        monkeypatch.setattr(system_libraries.shutil, "which", no_program)
        with pytest.raises(OneTakeError, match="libxi6 libegl1"):
            self.ensure(tmp_path, self.without_two)

    def test_root_gets_debians_venv_installed(self, tmp_path, monkeypatch):
        """The only fitting Python lacks ensurepip until apt-get brings it."""
        monkeypatch.setattr(installation.shutil, "which", lambda name: f"/usr/bin/{name}")
        fitting = interpreters.Interpreter(
            path=tmp_path / "python3.11", version=(3, 11), bits=64, machine="x86_64",
            free_threaded=False, can_make_environments=False,
        )  # fmt: skip
        ran = []

        def find(versions, purpose):
            if not ran:
                raise interpreters.NoVenv(fitting)
            return fitting

        def install(packages, reason, log, say):
            ran.append(packages)

        monkeypatch.setattr(interpreters, "find", find)
        monkeypatch.setattr(system_libraries, "install", install)
        found = installation.Installation(tmp_path, print)._find_python(((3, 11),), "OneTake")
        assert found is fitting
        assert ran == [["python3.11-venv"]]
