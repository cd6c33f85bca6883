import { defineConfig } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

// One HTML file with everything inside: MSBuild embeds it in SimEval.Reports, which fills in the data.
export default defineConfig({
  plugins: [viteSingleFile()],
  build: {
    outDir: "../../artifacts/web",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 1_000_000,
    reportCompressedSize: false,
    modulePreload: false,
  },
});
