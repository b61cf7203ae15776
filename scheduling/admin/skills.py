"""The admin of skills: who has them, and what work needs them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from scheduling.admin.narrowed import NarrowedAdmin, SeenWithParent
from scheduling.models import ResourceSkill, Skill, SkillRequirement


@admin.register(Skill)
class SkillAdmin(NarrowedAdmin):
    list_display = ("name", "people", "work")
    search_fields = ("name",)
    empty_hint = _(
        "Add what work may need, like a language or a licence; then say on the pages of work types "
        "what they need, and on those of service resources who has it."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        rows: QuerySet[Skill] = super().get_queryset(request)
        rows = rows.annotate(number=Count("resources__service_resource", distinct=True))
        return rows.prefetch_related("requirements__work_type")

    @admin.display(description=_("who has it"), ordering="number")
    def people(self, skill: Any) -> int:
        return int(skill.number)

    @admin.display(description=_("needed for"))
    def work(self, skill: Skill) -> str:
        return ", ".join(f"{need.work_type} ({need.level})" for need in skill.requirements.all())


class SkillInline(SeenWithParent, admin.TabularInline):
    """Rows about a skill; without the right to change them, its name is no link."""

    extra = 0
    autocomplete_fields = ("skill",)
    readonly_fields = ("what",)
    asked: tuple[str, ...] = ("level",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        skill = "skill" if self.has_change_permission(request, obj) else "what"
        return (skill, *self.asked)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("skill")

    @admin.display(description=_("skill"))
    def what(self, row: ResourceSkill | SkillRequirement) -> str:
        return str(row.skill)


class ResourceSkillInline(SkillInline):
    model = ResourceSkill
    asked = ("level", "start_date", "end_date")
    verbose_name_plural = _("skills")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("service_resource")


class SkillRequirementInline(SkillInline):
    model = SkillRequirement
    verbose_name_plural = _("skills that its primary host needs")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("work_type")
