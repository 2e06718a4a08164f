// Trains beside the page, in a worker, so that the page is free to draw. It trains only when it is asked to:
//
//   {columns}             the photos, as columns of a table
//   {begin: [choice]}     other trainings, side by side; see course.js
//   {epochs, turn}        so many epochs of each; answered with {turn, figures, over, right}: the new epochs of each
//                         training and, once it is over, which photos to choose by each has right
import { Course, Photos } from "./course.js";

let photos = null;
let courses = [];

addEventListener("message", ({ data }) => {
  if (data.columns) photos = new Photos(data.columns);
  if (data.begin) courses = data.begin.map((choice) => new Course(photos, choice));
  if (!data.epochs) return;
  const figures = courses.map((course) => course.go(data.epochs));
  const over = courses.every((course) => course.over);
  postMessage({ turn: data.turn, figures, over, right: over ? courses.map((course) => course.right) : null });
});
