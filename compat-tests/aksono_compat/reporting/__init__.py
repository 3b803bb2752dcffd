# SPDX-License-Identifier: Apache-2.0
"""What a comparison found, and how it is told."""
