# SPDX-License-Identifier: Apache-2.0
"""Side-by-side measurements of Aksono and Synapse on the same database."""
