// The report on a version: its curves, drawn once, and the sliders that say when it answers.
import { attach as attachSliders } from "./answering.js";
import { attach as attachCurves } from "./curves.js";

attachCurves();
attachSliders();
