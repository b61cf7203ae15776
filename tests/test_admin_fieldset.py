"""Groups of boxes on staff pages have a name for a screen reader; Django's template gives none."""

from pathlib import Path

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import Fieldset
from django.template.loader import render_to_string

ADDED = (
    "{% comment %}Django’s own, but that several boxes under one label are a group with a name."
    "{% endcomment %}\n",
    "{% if not field.is_readonly and not field.field.id_for_label %}"
    ' role="group" aria-label="{{ field.field.label }}"{% endif %}',
)


class Choices(forms.Form):
    boxes = forms.MultipleChoiceField(
        label="Hosts & helpers", widget=forms.CheckboxSelectMultiple, choices=[("a", "Anna")]
    )
    either = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "Anna")])
    text = forms.CharField()
    box = forms.BooleanField()


@pytest.mark.parametrize("name", ["boxes", "either"])
def test_several_boxes_are_a_group_with_the_name_of_their_field(name):
    label = {"boxes": "Hosts &amp; helpers", "either": "Either"}[name]
    assert f'role="group" aria-label="{label}"' in rendered(name)


@pytest.mark.parametrize("name", ["text", "box"])
def test_what_has_a_label_of_its_own_is_no_group(name):
    assert "role=" not in rendered(name)


def test_all_else_is_djangos_own_template():
    theirs = Path(admin.__file__).parent / "templates/admin/includes/fieldset.html"
    ours = Path("templates/admin/includes/fieldset.html").read_text()
    for text in ADDED:
        assert text in ours
        ours = ours.replace(text, "")
    assert ours == theirs.read_text().replace("{{ id_prefix}}", "{{ id_prefix }}")


def rendered(name):
    fieldset = Fieldset(Choices(), fields=[name])
    return render_to_string("admin/includes/fieldset.html", {"fieldset": fieldset})
