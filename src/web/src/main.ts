const slot = document.getElementById("report-data");
document.title = slot ? "SimEval report" : "SimEval";
export {};
