"""What programs grant in their set-up, through the unmodified client."""

from __future__ import annotations

import pytest
from snowflake.core.database_role import ContainingScope as ScopeOfDatabaseRole
from snowflake.core.database_role import DatabaseRole
from snowflake.core.database_role import Securable as OfDatabaseRole
from snowflake.core.exceptions import APIError, ConflictError, NotFoundError
from snowflake.core.grant import Grant, Grantees, Privileges, Securables
from snowflake.core.role import ContainingScope, Role, Securable
from snowflake.core.user import Securable as OfUser
from snowflake.core.user import User


@pytest.fixture
def role(root):
    made = root.roles.create(Role(name="granted"))
    yield made
    made.drop()


def privileges(grants) -> list[tuple[list[str], str, bool | None]]:
    return [(each.privileges, each.securable_type, each.grant_option) for each in grants]


def test_privileges_of_a_role(root, schema, role, rows):
    rows("create table t (a int)")
    table = Securable(database="sfdag", schema=schema.name, name="t")
    role.grant_privileges(["SELECT"], "table", table, grant_option=True)
    role.grant_privileges(["EXECUTE TASK"], "account")
    within = ContainingScope(database="sfdag", schema=schema.name)
    role.grant_privileges_on_all(["INSERT"], "table", within)
    role.grant_future_privileges(["SELECT"], "view", within)
    assert privileges(role.iter_grants_to()) == [
        (["SELECT"], "TABLE", True),
        (["EXECUTE TASK"], "ACCOUNT", False),
        (["INSERT"], "TABLE", False),
    ]
    first, *_ = role.iter_grants_to()
    assert (first.securable.database, first.securable.name) == ("SFDAG", "T")
    (future,) = role.iter_future_grants_to()
    assert (future.privileges, future.containing_scope.database) == (["SELECT"], "SFDAG")
    role.revoke_grant_option_for_privileges(["SELECT"], "table", table)
    role.revoke_privileges_on_all(["INSERT"], "table", within)
    role.revoke_future_privileges(["SELECT"], "view", within)
    assert privileges(role.iter_grants_to())[0] == (["SELECT"], "TABLE", False)
    assert (len(list(role.iter_grants_to())), list(role.iter_future_grants_to())) == (2, [])


def test_roles_of_roles_and_users(root, role):
    other, user = root.roles.create(Role(name="other")), root.users.create(User(name="grantee"))
    other.grant_role("role", Securable(name="granted"))
    user.grant_role("role", OfUser(name="granted"))
    assert {(each.granted_to, each.grantee_name) for each in role.iter_grants_of()} == {
        ("ROLE", "OTHER"),
        ("USER", "GRANTEE"),
    }
    assert [each.privilege for each in role.iter_grants_on()] == ["USAGE", "USAGE"]
    user.revoke_role("role", OfUser(name="granted"))
    assert list(user.iter_grants_to()) == []
    user.drop()
    other.drop()


def test_roles_of_a_database(root, role):
    database = root.databases["sfdag"]
    made = database.database_roles.create(DatabaseRole(name="inside", comment="c"))
    with pytest.raises(ConflictError):
        database.database_roles.create(DatabaseRole(name="inside"))
    made.grant_privileges(["USAGE"], "database", OfDatabaseRole(name="sfdag"))
    made.grant_future_privileges(["SELECT"], "table", ScopeOfDatabaseRole(database="sfdag"))
    role.grant_role("database role", Securable(database="sfdag", name="inside"))
    (listed,) = database.database_roles.iter()
    assert (listed.name, listed.comment, listed.granted_to_roles) == ("INSIDE", "c", 1)
    assert [each.privileges for each in made.iter_grants_to()] == [["USAGE"]]
    assert len(list(made.iter_future_grants_to())) == 1
    made.drop()
    with pytest.raises(NotFoundError):
        made.drop()
    assert list(role.iter_grants_to()) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's own, of the older resource
def test_the_older_resource_of_grants(root, role):
    grantee = Grantees.role("granted")
    one = Grant(
        grantee=grantee, securable=Securables.current_account, privileges=[Privileges.execute_task]
    )
    root.grants.grant(one)
    (told,) = root.grants.to(grantee)
    assert (told.privileges, told.securable_type) == (["EXECUTE TASK"], "ACCOUNT")
    root.grants.revoke(one)
    assert list(root.grants.to(grantee)) == []


@pytest.mark.parametrize(
    ("grant", "status", "said"),
    [
        (lambda role: role.grant_privileges(["USAGE"], "database"), 400, "'securable' is missing"),
        (lambda role: role.grant_privileges(["a;b"], "account"), 400, "'a;b' is no privilege"),
        (lambda role: role.grant_privileges(["USAGE"], "a;b"), 400, "'a;b' is no kind of object"),
        (lambda role: role.grant_role("role", Securable(name="nobody")), 404, "Role 'NOBODY'"),
    ],
)
def test_what_is_no_grant_is_named(role, grant, status, said):
    with pytest.raises(APIError) as caught:
        grant(role)
    assert caught.value.status == status
    assert said in str(caught.value)
