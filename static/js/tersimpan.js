// On a page that says something was saved.
import { announce } from "./kabar.js";

if (document.querySelector("[data-tersimpan]")) announce();
