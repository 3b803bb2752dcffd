# SPDX-License-Identifier: Apache-2.0
"""Runs Aksono and real Synapse side by side and compares answers and database rows."""
