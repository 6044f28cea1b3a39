"""API v1: what operators write of an incident, row by row, by the desk's verbs."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import IntegerField, ModelSerializer, SlugRelatedField
from rest_framework.status import HTTP_200_OK, HTTP_201_CREATED
from rest_framework.viewsets import ReadOnlyModelViewSet

from accounts.models import Area
from accounts.rules import signed_in
from common import clock
from covid.models import Incident


class TypedSerializer(ModelSerializer[Any]):
    """A row as typed; `version` is the one seen, 0 for a new row. A row stays with its incident."""

    incident = SlugRelatedField(slug_field="code", queryset=Incident.objects.all())
    version = IntegerField(min_value=0, required=False, default=0)


class PlacedSerializer(TypedSerializer):
    """A row as typed that lies in a district."""

    area = SlugRelatedField(
        slug_field="code", queryset=Area.objects.filter(kind=Area.Kind.DISTRICT)
    )


class KeptByOperators(ReadOnlyModelViewSet[Any]):
    """Rows that operators add and change over the API too, by the desk's verb."""

    typed: ClassVar[type[TypedSerializer]]
    row: ClassVar[type[Any]]
    verb: ClassVar[Callable[..., Any]]
    # What the verb calls the row.
    called: ClassVar[str] = "row"

    def create(self, request: Request) -> Response:
        """Add a row."""
        return self._put(request, None, HTTP_201_CREATED)

    def update(self, request: Request, pk: str) -> Response:
        """Change a row as it was seen."""
        return self._put(request, self.get_object(), HTTP_200_OK)

    def _put(self, request: Request, instead_of: Any, code: int) -> Response:
        user = signed_in(request)
        typed = self.typed(data=request.data)
        typed.is_valid(raise_exception=True)
        given = dict(typed.validated_data)
        incident, version = given.pop("incident"), given.pop("version")
        kept = type(self).verb(
            **{self.called: self.row(**given)},
            incident=instead_of.incident if instead_of else incident,
            instead_of=instead_of,
            version=version,
            by=user,
            at=clock.now(),
        )
        return Response(self.get_serializer(kept).data, status=code)


def told(typed: type[Any], shown: type[Any]) -> Callable[[Any], Any]:
    """Tell the schema what a register takes and answers."""
    return extend_schema_view(
        create=extend_schema(request=typed, responses={201: shown}),
        update=extend_schema(request=typed, responses=shown),
    )
