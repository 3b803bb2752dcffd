// SPDX-License-Identifier: Apache-2.0
// Databases of fake-indexeddb live in memory: these two keep them in a file between two starts.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";

const done = (request) =>
    new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });

async function readStore(store) {
    const indexes = Array.from(store.indexNames, (name) => {
        const { keyPath, unique, multiEntry } = store.index(name);
        return { name, keyPath, unique, multiEntry };
    });
    const { name, keyPath, autoIncrement } = store;
    const keys = await done(store.getAllKeys());
    return { name, keyPath, autoIncrement, indexes, keys, values: await done(store.getAll()) };
}

async function readDatabase({ name, version }) {
    const database = await done(indexedDB.open(name, version));
    const stores = [];
    for (const store of Array.from(database.objectStoreNames))
        stores.push(await readStore(database.transaction(store).objectStore(store)));
    database.close();
    return { name, version, stores };
}

export async function keep(file) {
    const databases = [];
    for (const one of await indexedDB.databases()) databases.push(await readDatabase(one));
    writeFileSync(`${file}.new`, serialize(databases));
    renameSync(`${file}.new`, file);
}

function makeStore(database, { name, keyPath, autoIncrement, indexes, keys, values }) {
    const store = database.createObjectStore(name, { keyPath, autoIncrement });
    for (const { name, keyPath, unique, multiEntry } of indexes)
        store.createIndex(name, keyPath, { unique, multiEntry });
    values.forEach((value, at) => (keyPath === null ? store.put(value, keys[at]) : store.put(value)));
}

export async function bringBack(file) {
    if (!existsSync(file)) return;
    for (const { name, version, stores } of deserialize(readFileSync(file))) {
        const request = indexedDB.open(name, version);
        request.onupgradeneeded = () => stores.forEach((store) => makeStore(request.result, store));
        (await done(request)).close();
    }
}
