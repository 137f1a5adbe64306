"""The official SMPL files in their exact layout, without chumpy or scipy."""

import importlib.util
import sys
import types

import numpy as np


def classes_of_pickles(monkeypatch):
    """chumpy's and scipy's classes as far as pickles show them: a name and a state."""
    made = {}
    packages = [("scipy", None), ("scipy.sparse", None)]
    for module, name in (
        *(() if importlib.util.find_spec("scipy") else packages),
        ("chumpy", None),
        ("chumpy.ch", "Ch"),
        ("chumpy.reordering", "Select"),
        ("scipy.sparse.csc", "csc_matrix"),
    ):
        monkeypatch.setitem(sys.modules, module, types.ModuleType(module))
        if name:
            made[name] = type(name, (), {"__module__": module})
            setattr(sys.modules[module], name, made[name])
    return made


def with_state(kind, **state):
    item = kind.__new__(kind)
    item.__dict__.update(state)
    return item


def csc(kind, dense):
    """A sparse matrix by columns as scipy pickles it."""
    columns = [np.flatnonzero(column) for column in dense.T]
    return with_state(
        kind,
        _shape=dense.shape,
        maxprint=50,
        indices=np.concatenate(columns).astype(np.int32),
        indptr=np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(np.int32),
        data=np.concatenate([dense[rows, index] for index, rows in enumerate(columns)]),
    )


def official(truth, classes):
    """What the authors' pickles hold of a body's arrays."""
    ch = classes["Ch"]
    return {
        **truth,
        "bs_style": "lbs",
        "bs_type": "lrotmin",
        "J": truth["J_regressor"] @ truth["v_template"],
        "J_regressor": csc(classes["csc_matrix"], truth["J_regressor"]),
        "J_regressor_prior": csc(classes["csc_matrix"], truth["J_regressor"]),
        "shapedirs": with_state(
            classes["Select"],
            a=with_state(
                ch, x=np.concatenate([np.zeros(7), truth["shapedirs"].ravel()]), _cache={}
            ),
            idxs=np.arange(7, 7 + truth["shapedirs"].size),
            preferred_shape=truth["shapedirs"].shape,
        ),
        "posedirs": with_state(ch, x=truth["posedirs"], _dirty_vars=set(), _status="new"),
    }
