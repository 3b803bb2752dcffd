// SPDX-License-Identifier: Apache-2.0
// Imported first: what libraries print must not get among the lines of the protocol.
for (const level of ["trace", "debug", "log", "info"]) console[level] = () => {};
for (const level of ["warn", "error"])
    console[level] = (...what) => process.stderr.write(what.map(String).join(" ") + "\n");
