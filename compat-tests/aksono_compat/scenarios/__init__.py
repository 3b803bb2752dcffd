# SPDX-License-Identifier: Apache-2.0
"""Scenarios: small conversations with a homeserver, one module per area of the API."""
