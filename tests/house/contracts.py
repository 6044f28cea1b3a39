"""A contract of import-linter that stays one rule however many apps there are."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class AppPrivacyContract(Contract):
    """Let other apps import only the public modules of an app.

    It is import-linter's `protected` contract said once for all apps: whatever is not public is
    protected, and only the app itself and the allowed importers may import it.
    """

    type_name = "app_privacy"

    apps = fields.ListField(subfield=fields.StringField())
    public = fields.SetField(subfield=fields.StringField())
    # Public modules of one app only, written "app.module".
    also_public = fields.SetField(subfield=fields.StringField(), required=False)
    allowed_importers = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        public: set[str] = self.public
        also_public: set[str] = self.also_public or set()
        allowed: set[str] = self.allowed_importers or set()
        apps: list[str] = self.apps
        broken: list[str] = []
        for app in apps:
            for module in sorted(graph.find_descendants(app)):
                inner = module.split(".")[1]
                if inner in public or f"{app}.{inner}" in also_public:
                    continue
                for importer in sorted(graph.find_modules_that_directly_import(module)):
                    home = importer.split(".")[0]
                    if home != app and home not in allowed:
                        lines = graph.get_import_details(importer=importer, imported=module)
                        numbers = ", ".join(str(line["line_number"]) for line in lines)
                        broken.append(f"{importer} -> {module} (l. {numbers})")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        output.print("These modules are private to their app:")
        output.new_line()
        for sentence in check.metadata["broken"]:
            output.print_error(f"- {sentence}", bold=False)
        output.new_line()
