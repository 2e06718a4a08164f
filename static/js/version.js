// The curves of a finished training, drawn once.
import { attach } from "./curves.js";

attach();
