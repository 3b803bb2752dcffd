# SPDX-License-Identifier: Apache-2.0
"""What each file of Synapse's schema deltas does to a database, watched on databases that real
Synapse makes: the source of the catalogue in server/lib/synschema/catalogue."""
