// @ts-check
/** The worker comes first: its engine loads while the rest of the page does. */
import { Client } from "./client.js";

const client = new Client(0);
import("./start.js").then(({ start }) => start(client));
