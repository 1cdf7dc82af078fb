"""The fields of warehouses, roles and users: tables, and nothing else."""

from __future__ import annotations

from sfdag_magics.engine.resources.forms.fields import Field, Record, only_told
from sfdag_magics.engine.resources.forms.shapes import Moment, Name, OneOf, Text, Truth, Whole

_NAME = Field("name", Name(), required=True)
#: Descriptions have these as the texts `true` and `false`.
_WORD = Truth(as_text=True)

WAREHOUSE = (
    _NAME,
    Field("warehouse_type", Text(), "WAREHOUSE_TYPE"),
    Field("warehouse_size", Text(), "WAREHOUSE_SIZE"),
    Field("wait_for_completion", _WORD, "WAIT_FOR_COMPLETION"),
    Field("max_cluster_count", Whole(), "MAX_CLUSTER_COUNT"),
    Field("min_cluster_count", Whole(), "MIN_CLUSTER_COUNT"),
    Field("scaling_policy", Text(), "SCALING_POLICY"),
    Field("auto_suspend", Whole(), "AUTO_SUSPEND"),
    Field("auto_resume", _WORD, "AUTO_RESUME"),
    Field("initially_suspended", _WORD, "INITIALLY_SUSPENDED"),
    Field("resource_monitor", Name(), "RESOURCE_MONITOR"),
    Field("comment", Text(), "COMMENT"),
    Field("enable_query_acceleration", _WORD, "ENABLE_QUERY_ACCELERATION"),
    Field("query_acceleration_max_scale_factor", Whole(), "QUERY_ACCELERATION_MAX_SCALE_FACTOR"),
    Field("max_concurrency_level", Whole(), "MAX_CONCURRENCY_LEVEL"),
    Field("statement_queued_timeout_in_seconds", Whole(), "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS"),
    Field("statement_timeout_in_seconds", Whole(), "STATEMENT_TIMEOUT_IN_SECONDS"),
    Field("warehouse_credit_limit", Whole(), "WAREHOUSE_CREDIT_LIMIT"),
    Field("target_statement_size", Text(), "TARGET_STATEMENT_SIZE"),
    Field("query_throughput_multiplier", Whole(), "QUERY_THROUGHPUT_MULTIPLIER"),
    Field("max_query_performance_level", Text(), "MAX_QUERY_PERFORMANCE_LEVEL"),
    # other names of what the first two say
    Field("type", Text(), "WAREHOUSE_TYPE"),
    Field("size", Text(), "WAREHOUSE_SIZE"),
    only_told("state", Text()),
    only_told("started_clusters", Whole()),
    only_told("running", Whole()),
    only_told("queued", Whole()),
    only_told("is_default", Truth()),
    only_told("is_current", Truth()),
    only_told("available", Text()),
    only_told("provisioning", Text()),
    only_told("quiescing", Text()),
    only_told("other", Text()),
    only_told("created_on", Moment()),
    only_told("resumed_on", Moment()),
    only_told("updated_on", Moment()),
    only_told("owner", Text()),
    only_told("budget", Text()),
    only_told("kind", Text()),
    only_told("owner_role_type", Text()),
)
#: What a renaming says: the new name; a client sends a whole warehouse.
WAREHOUSE_NAME = Record(WAREHOUSE)

ROLE = (
    _NAME,
    Field("comment", Text(), "COMMENT"),
    only_told("created_on", Moment()),
    only_told("owner", Name()),
    only_told("is_default", Truth()),
    only_told("is_current", Truth()),
    only_told("is_inherited", Truth()),
    only_told("assigned_to_users", Whole()),
    only_told("granted_to_roles", Whole()),
    only_told("granted_roles", Whole()),
)

USER = (
    _NAME,
    Field("password", Text(), "PASSWORD"),
    Field("login_name", Text(), "LOGIN_NAME"),
    Field("display_name", Text(), "DISPLAY_NAME"),
    Field("first_name", Text(), "FIRST_NAME"),
    Field("middle_name", Text(), "MIDDLE_NAME"),
    Field("last_name", Text(), "LAST_NAME"),
    Field("email", Text(), "EMAIL"),
    Field("must_change_password", Truth(), "MUST_CHANGE_PASSWORD"),
    Field("disabled", Truth(), "DISABLED"),
    Field("days_to_expiry", Whole(), "DAYS_TO_EXPIRY"),
    Field("mins_to_unlock", Whole(), "MINS_TO_UNLOCK"),
    Field("default_warehouse", Text(), "DEFAULT_WAREHOUSE"),
    Field("default_namespace", Text(), "DEFAULT_NAMESPACE"),
    Field("default_role", Text(), "DEFAULT_ROLE"),
    Field("default_secondary_roles", OneOf(("ALL", "NONE"))),
    Field("mins_to_bypass_mfa", Whole(), "MINS_TO_BYPASS_MFA"),
    Field("rsa_public_key", Text(), "RSA_PUBLIC_KEY"),
    Field("rsa_public_key_2", Text(), "RSA_PUBLIC_KEY_2"),
    Field("comment", Text(), "COMMENT"),
    Field("type", Text(), "TYPE"),
    Field("enable_unredacted_query_syntax_error", Truth(), "ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR"),
    Field("network_policy", Name(), "NETWORK_POLICY"),
    only_told("created_on", Moment()),
    only_told("last_successful_login", Moment()),
    only_told("expires_at", Moment()),
    only_told("locked_until", Moment()),
    only_told("has_password", Truth()),
    only_told("has_rsa_public_key", Truth()),
    only_told("rsa_public_key_fp", Text()),
    only_told("rsa_public_key_2_fp", Text()),
    only_told("ext_authn_duo", Truth()),
    only_told("ext_authn_uid", Text()),
    only_told("owner", Text()),
    only_told("snowflake_lock", Truth()),
    only_told("snowflake_support", Truth()),
    only_told("mins_to_bypass_network_policy", Whole()),
    only_told("password_last_set", Moment()),
    only_told("custom_landing_page_url", Text()),
    only_told("custom_landing_page_url_flush_next_ui_load", Truth()),
)
