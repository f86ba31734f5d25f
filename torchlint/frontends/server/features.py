"""What the server can do for an editor: each handler reads a request, asks who knows, and answers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.uris import from_fs_path, to_fs_path

from torchlint.errors import SourceError
from torchlint.frontends.server import actions, edits
from torchlint.frontends.server.hover import hover
from torchlint.frontends.server.session import Session  # noqa: TC001 (pygls reads the annotations)
from torchlint.frontends.server.settings import CONFIGURATION_FILES, SECTION

if TYPE_CHECKING:
    from torchlint.frontends.server.documents import Checked

_CONTENT_MODIFIED = -32801
_WATCHED = (*(f"**/{name}" for name in CONFIGURATION_FILES), "**/*.py")


def add_features(session: Session) -> None:
    """Tell pygls who answers what."""
    feature = session.feature
    feature(types.INITIALIZE)(_initialize)
    feature(types.INITIALIZED)(_initialized)
    feature(types.TEXT_DOCUMENT_DID_SAVE)(_saved)
    feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(_configured)
    feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_files_changed)
    feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(_folders_changed)
    options = types.CodeActionOptions(code_action_kinds=list(actions.KINDS), resolve_provider=True)
    feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(_code_actions)
    feature(types.CODE_ACTION_RESOLVE)(_resolve)
    feature(types.TEXT_DOCUMENT_HOVER)(_hover)


# Settings and files.


def _initialize(ls: Session, params: types.InitializeParams) -> None:
    ls.begin()
    ls.use_settings([_own(params.initialization_options)])


async def _initialized(ls: Session, params: types.InitializedParams) -> None:
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    ls.is_told_of_files = bool(watching and watching.dynamic_registration)
    if ls.is_told_of_files:
        watchers = [types.FileSystemWatcher(glob) for glob in _WATCHED]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration("torchlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        with suppress(JsonRpcException):
            await ls.client_register_capability_async(types.RegistrationParams([registration]))


async def _configured(ls: Session, params: types.DidChangeConfigurationParams) -> None:
    """The editor's own settings changed; some editors say how, others want to be asked."""
    settings = _own(params.settings)
    ls.use_settings(await _asked(ls) if settings is None else [settings])


async def _folders_changed(ls: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    ls.begin()
    ls.use_settings(await _asked(ls))


async def _asked(ls: Session) -> list[object]:
    """The editor's settings for each of the workspace's folders, or none where it cannot be asked."""
    workspace = ls.client_capabilities.workspace
    if not (workspace and workspace.configuration):
        return []
    items = [types.ConfigurationItem(from_fs_path(str(each)), SECTION) for each in ls.folders]
    with suppress(JsonRpcException):
        return list(await ls.workspace_configuration_async(types.ConfigurationParams(items)))
    return []


def _own(settings: object) -> object:
    """torchlint's part of an editor's settings."""
    if isinstance(settings, dict):
        for key in (SECTION, "settings"):
            if key in settings:
                return _own(settings[key]) if key != SECTION else settings[key]
    return settings or None


def _saved(ls: Session, params: types.DidSaveTextDocumentParams) -> None:
    """What is on disk changed; an editor that watches files says so itself."""
    if not ls.is_told_of_files:
        ls.read_files_again()


def _files_changed(ls: Session, params: types.DidChangeWatchedFilesParams) -> None:
    paths = {Path(path) for each in params.changes if (path := to_fs_path(each.uri))}
    only_content = all(each.type == types.FileChangeType.Changed for each in params.changes)
    if not only_content or any(each.name in CONFIGURATION_FILES for each in paths):
        ls.read_files_again()
    else:
        changed = set(map(str, paths))
        ls.check_again(lambda document: document.depends_on(changed))


# Answers about findings.


async def _code_actions(ls: Session, params: types.CodeActionParams) -> list[types.CodeAction]:
    uri = params.text_document.uri
    checked = await ls.current(uri)
    if checked is None:
        return []
    found = list(actions.actions(checked, uri, params, ls.units))
    for action, plan in found:
        if _can_resolve(ls):
            action.data = plan.as_data()
        else:
            action.edit = await _edit(ls, checked, plan)
    return [action for action, _ in found if action.data is not None or action.edit is not None]


async def _resolve(ls: Session, action: types.CodeAction) -> types.CodeAction:
    try:
        plan = actions.Plan.of(action.data)
    except (ValueError, TypeError) as error:
        raise JsonRpcInvalidParams(f"this code action cannot be resolved: {error}") from error
    checked = await ls.current(plan.uri)
    if checked is None or checked.snapshot.number != plan.number:
        raise JsonRpcException("the document has changed; ask for code actions again", _CONTENT_MODIFIED)
    action.edit = await _edit(ls, checked, plan)
    return action


async def _edit(ls: Session, checked: Checked, plan: actions.Plan) -> types.WorkspaceEdit | None:
    """What an action changes; where the engine refuses it, the user is told why."""
    snapshot, units = checked.snapshot, ls.units
    finding = checked.result.findings[plan.finding] if plan.finding is not None else None
    workspace = ls.client_capabilities.workspace
    capabilities = workspace.workspace_edit if workspace else None

    try:
        texts = await ls.analysis.run("rewritten", snapshot.uri, snapshot, plan.change, finding)
    except SourceError as error:
        ls.say(str(error), types.MessageType.Warning)
        return None
    return edits.edit(snapshot, texts, units, with_versions=bool(capabilities and capabilities.document_changes))


def _can_resolve(ls: Session) -> bool:
    """Whether the editor asks for an action's edit when it is chosen, and keeps an action's data until then."""
    document = ls.client_capabilities.text_document
    action = document.code_action if document else None
    resolving = action.resolve_support if action else None
    return bool(action and action.data_support and resolving and "edit" in resolving.properties)


async def _hover(ls: Session, params: types.HoverParams) -> types.Hover | None:
    checked = await ls.current(params.text_document.uri)
    if checked is None:
        return None
    document = ls.client_capabilities.text_document
    formats = document.hover.content_format if document and document.hover else None
    kind = types.MarkupKind.PlainText if formats and _MARKDOWN not in formats else _MARKDOWN
    return hover(checked, params.text_document.uri, params.position, ls.units, kind)


_MARKDOWN = types.MarkupKind.Markdown
