# SPDX-License-Identifier: Apache-2.0
"""Sends one traffic to two servers and compares what comes back."""
