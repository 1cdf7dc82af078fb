"""Tasks as rows and as texts: what SHOW, GET_DDL and integrations tell of them."""
