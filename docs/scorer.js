/* Sphinx's search with another order: guides come first and decision records last, and among pages of one kind, those
   whose title contains the words of the query. Sphinx replaces its own scorer with this one, so the first part of the
   object repeats its defaults. */
"use strict";

const FIRST = { howto: 10, tutorials: 6, reference: 4, decisions: -20, explanation: -20 };
const WORD_IN_TITLE = 4;

var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,

  score: ([page, title, , , score]) => {
    const query = new URLSearchParams(window.location.search).get("q") || "";
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.filter((word) => title.toLowerCase().includes(word)).length;
    return score + (FIRST[page.split("/")[0]] || 0) + WORD_IN_TITLE * found;
  },
};
