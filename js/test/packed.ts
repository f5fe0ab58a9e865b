/** In place of what build.mjs packs: tests draw no charts of explanations. */
export const names = ["shap_bar", "what_if", "beeswarm", "compared_roc"];
export const packed = "";
