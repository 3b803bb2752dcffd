// SPDX-License-Identifier: Apache-2.0
// matrix-js-sdk with rust crypto, driven by JSON lines (what they are: ../program.py).
import "./quiet.mjs";
import "fake-indexeddb/auto";

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

import * as sdk from "matrix-js-sdk";

import { bringBack, keep } from "./disk.mjs";

const PAUSE = 300; // milliseconds between two messages
const BACK_OFF = 200;
// Requests that a conversation cannot go on without; others are tried by the SDK in vain on any server.
const VITAL = /\/(sync|login|join|send|sendToDevice|keys|members|filter|versions)(\/|$)/;
const MESSAGES = ["m.room.message", "m.room.encrypted"];

const tell = (word, what = {}) =>
    process.stdout.write(JSON.stringify({ tell: word, ...what }) + "\n");

let uploaded = false; // this device's keys

async function toldFetch(resource, options = {}) {
    const path = new URL(String(resource)).pathname;
    const what = `${options.method ?? "GET"} ${path}`;
    if (path.includes("/send/m.room.")) tell("attempt", { txn: path.split("/").at(-1) });
    let answer;
    try {
        answer = await fetch(resource, options);
    } catch (error) {
        if (!stopping) tell("failure", { what: `${what}: ${error.cause?.code ?? error}` });
        throw error;
    }
    const { status } = answer;
    if (status >= 500 || status === 429) tell("failure", { what: `${what}: ${status}` });
    else if (status >= 400 && VITAL.test(path))
        tell("refused", { what: `${what}: ${status} ${(await answer.clone().text()).slice(0, 200)}` });
    else if (status === 200 && path.endsWith("/keys/upload")) uploaded = true;
    return answer;
}

let client, store, folder, talking;
let synced = false;
let stopping = false;
let hushed = false;
const echoes = new Map(); // own events by transaction id
const rooms = new Set(); // of which it has seen messages

async function session({ url, user, device, password }) {
    const file = join(folder, "session.json");
    if (!existsSync(file)) {
        const guest = sdk.createClient({ baseUrl: url, fetchFn: toldFetch });
        const answer = await guest.loginRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password,
            device_id: device,
        });
        writeFileSync(file, JSON.stringify(answer));
    }
    return JSON.parse(readFileSync(file));
}

async function start(wish) {
    folder = wish.folder;
    mkdirSync(folder, { recursive: true });
    await bringBack(join(folder, "databases"));
    const again = existsSync(join(folder, "session.json"));
    const login = await session(wish);
    store = new sdk.IndexedDBStore({ indexedDB, dbName: "talker" });
    client = sdk.createClient({
        baseUrl: wish.url,
        userId: login.user_id,
        deviceId: login.device_id,
        accessToken: login.access_token,
        fetchFn: toldFetch,
        store,
    });
    await store.startup();
    await client.initRustCrypto({ cryptoDatabasePrefix: "talker" });
    listen();
    // Without a limit the server's applies, 10: a pause would leave a gap that nobody scrolls to.
    const filter = sdk.Filter.fromJson(login.user_id, undefined, {
        room: { timeline: { limit: 100 }, state: { lazy_load_members: true } },
    });
    await client.startClient({ filter, pollTimeout: 2000, lazyLoadMembers: true });
    // Others must find the device's keys before the first message.
    while (!synced || !(uploaded || again)) await sleep(50);
    return { user_id: login.user_id };
}

function listen() {
    client.on(sdk.ClientEvent.Sync, (state, _, data) => {
        if (synced || data?.fromCache || !["PREPARED", "SYNCING"].includes(state)) return;
        synced = true;
        tell("synced");
    });
    client.on(sdk.ClientEvent.Event, note);
    client.on(sdk.MatrixEventEvent.Decrypted, told);
    client.on(sdk.RoomEvent.TimelineReset, (room) => {
        // What a sync tells of a room for the first time has a beginning, not a gap.
        if (rooms.has(room?.roomId)) tell("gap", { room: room.roomId });
    });
    client.on(sdk.RoomEvent.LocalEchoUpdated, (event) => {
        if (event.getTxnId()) echoes.set(event.getTxnId(), event);
    });
}

async function note(event) {
    if (!MESSAGES.includes(event.getWireType())) return;
    const sender = event.getSender();
    rooms.add(event.getRoomId());
    tell("seen", { room: event.getRoomId(), event_id: event.getId(), sender });
    if (event.getWireType() === "m.room.encrypted") await client.decryptEventIfNeeded(event);
    told(event);
}

function told(event) {
    const event_id = event.getId();
    const sealed = event.getWireType() === "m.room.encrypted";
    if (event.isDecryptionFailure())
        tell("unread", { event_id, why: String(event.decryptionFailureReason) });
    else if (event.getType() === "m.room.message")
        tell("read", { event_id, body: event.getContent().body, sealed });
}

async function know({ room, members }) {
    const crypto = client.getCrypto();
    while (
        !(await crypto.isEncryptionEnabledInRoom(room)) ||
        client.getRoom(room).getJoinedMemberCount() < members
    )
        await sleep(50);
    return {};
}

async function say(room, txn) {
    const body = `${client.getUserId()} ${txn}`;
    tell("sent", { txn, body });
    for (;;) {
        try {
            const event_id = await sendOnce(room, txn, { msgtype: "m.text", body });
            tell("acknowledged", { txn, event_id });
            return;
        } catch (error) {
            const status = error.httpStatus ?? 0;
            if (status >= 400 && status < 500 && status !== 429) return;
            if (!status) tell("failure", { what: `send: ${error}` });
        }
        await sleep(BACK_OFF);
    }
}

async function sendOnce(room, txn, content) {
    const echo = echoes.get(txn);
    if (!echo) return (await client.sendEvent(room, "m.room.message", content, txn)).event_id;
    // A sync told what became of it before the server answered.
    if (!echo.status || echo.status === sdk.EventStatus.SENT) return echo.getId();
    return (await client.resendEvent(echo, client.getRoom(room))).event_id;
}

async function talkOn(room, run) {
    for (let number = 0; !hushed; number++) {
        await say(room, `${run}-${number}`);
        await sleep(PAUSE);
    }
}

const words = {
    start,
    know,
    async enter({ room }) {
        await client.joinRoom(room);
        return {};
    },
    async talk({ room, run }) {
        hushed = false;
        talking = talkOn(room, run);
        return {};
    },
    async hush() {
        hushed = true;
        await talking;
        return {};
    },
    async end() {
        stopping = true;
        client.stopClient();
        await sleep(500);
        await store.save(true);
        await keep(join(folder, "databases"));
        return {};
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const { do: word, ...wish } = JSON.parse(line);
    try {
        tell("done", await words[word](wish));
    } catch (error) {
        tell("broken", { what: `${word}: ${error}` });
    }
    if (word === "end") break;
}
process.exit(0);
