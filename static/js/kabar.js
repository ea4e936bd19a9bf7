// Word between the tabs of one browser: a page that has just saved something tells an open map.
const channel = new BroadcastChannel("kumuh");

export const announce = () => channel.postMessage("tersimpan");
export const listen = (heard) => channel.addEventListener("message", heard);
