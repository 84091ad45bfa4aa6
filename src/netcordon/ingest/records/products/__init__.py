"""What each product's events say, one declaration a product or family.

``ALL`` is asked in order: products with marks of their own before schemas that many products use.
"""

from netcordon.ingest.records.product import Product
from netcordon.ingest.records.products import (
    amazon,
    auth0,
    azure,
    cloudflare,
    collaboration,
    crowdstrike,
    defender,
    duo,
    ecs,
    github,
    google_cloud,
    google_workspace,
    jumpcloud,
    keycloak,
    kubernetes,
    ocsf,
    onelogin,
    osquery,
    security_edge,
    snowflake,
    tailscale,
)

ALL: tuple[Product, ...] = (
    *amazon.PRODUCTS,
    *google_workspace.PRODUCTS,
    *google_cloud.PRODUCTS,
    *kubernetes.PRODUCTS,
    *azure.PRODUCTS,
    *duo.PRODUCTS,
    *auth0.PRODUCTS,
    *onelogin.PRODUCTS,
    *jumpcloud.PRODUCTS,
    *keycloak.PRODUCTS,
    *tailscale.PRODUCTS,
    *cloudflare.PRODUCTS,
    *github.PRODUCTS,
    *snowflake.PRODUCTS,
    *collaboration.PRODUCTS,
    *security_edge.PRODUCTS,
    *defender.PRODUCTS,
    *crowdstrike.PRODUCTS,
    *osquery.PRODUCTS,
    *ocsf.PRODUCTS,
    *ecs.PRODUCTS,
)
