export { mount } from "../mount";
export { SessionStore } from "../store/session";
