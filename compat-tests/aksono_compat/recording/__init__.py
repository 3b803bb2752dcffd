# SPDX-License-Identifier: Apache-2.0
"""Recordings of traffic: their format, and how they are made."""
