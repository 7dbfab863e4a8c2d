"""What an import graph cannot see."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver

import lienthong
from lienthong.bootstrap.settings import modules

PACKAGE = Path(lienthong.__file__).parent
OURS = [model for model in apps.get_models() if model.__module__.startswith("lienthong.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_declares_its_personal_data(model):
    privacy = getattr(model, "Privacy", None)
    assert privacy is not None, (
        f"{model.__name__}: add `class Privacy: personal = (…)` naming the fields with personal data"
    )
    fields = {field.name for field in model._meta.get_fields()}
    assert set(privacy.personal) <= fields


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_no_foreign_key_leaves_its_module(model):
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model is not None:
            assert field.related_model._meta.app_label == model._meta.app_label, (
                "keep the id of the other as a plain value"
            )


@pytest.mark.parametrize("module", modules())
def test_the_charter_says_what_is_here_and_what_is_needed(module):
    text = ast.get_docstring(ast.parse((PACKAGE.parent / module.replace(".", "/") / "__init__.py").read_text()))
    assert "Needs:" in (text or ""), f"{module}: begin __init__.py with what it is, what is not here, and `Needs: …`"


def test_layers_hold_only_modules():
    for layer in ("foundation", "data", "commons", "channels"):
        for folder in (PACKAGE / layer).iterdir():
            assert folder.name.startswith("__") or (folder / "apps.py").is_file(), f"{folder}: a module has an apps.py"


def test_strangers_may_open_only_what_says_so():
    """The list is short on purpose; a page added to it is a decision."""
    public = set()

    def walk(patterns, prefix=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                if not str(pattern.pattern).startswith("api/"):
                    walk(pattern.url_patterns, prefix + str(pattern.pattern))
            elif getattr(pattern.callback, "is_public", False):
                public.add(prefix + str(pattern.pattern))

    walk(get_resolver().url_patterns)
    results = {"results", "results/<slug:framework>/<slug:period>/<slug:unit>"}
    assert public == {"", "healthz", "readyz", "metrics", "sign-in", "language", "principles"} | results
