// The only script a page loads at once. Everything heavy comes by import() when a visitor asks for it.
import { mountCopies } from "./copy.js";
import { mountSuggestions } from "./suggest.js";
import { mountStories, mountViewers } from "../../../viewer/frontend/start.js";

mountViewers(document);
mountStories(document);
mountCopies(document);
mountSuggestions(document);
