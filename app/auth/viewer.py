"""Who is looking, as every query takes it: what they may do and behind which practices' walls they stand."""

from __future__ import annotations

from dataclasses import dataclass

from app.auth.permissions import PERMISSIONS, Permission, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person of one request. Queries filter by `practice_ids`; an empty tuple sees nothing."""

    person_id: int
    name: str
    role: Role
    permissions: frozenset[str]
    practice_ids: tuple[int, ...]
    demo: bool = False

    def may(self, permission: Permission | str) -> bool:
        return permission in self.permissions

    def sees(self, practice_id: int) -> bool:
        return practice_id in self.practice_ids

    @property
    def role_label(self) -> str:
        return self.role.value.capitalize()


def viewer_as(person_id: int, name: str, role: Role, practice_ids: tuple[int, ...], *, demo: bool = False) -> Viewer:
    """The viewer that a role makes of a person."""
    return Viewer(person_id, name, role, frozenset(PERMISSIONS[role]), practice_ids, demo)
