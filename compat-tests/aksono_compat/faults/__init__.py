# SPDX-License-Identifier: Apache-2.0
"""Damages of a database, each with the findings by which aksono-schema-diff check must tell it."""
