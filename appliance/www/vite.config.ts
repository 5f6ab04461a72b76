import { defineConfig } from 'vite';

/* Fixed names and one file of each kind, so that webd's table of files is known before the build. */
export default defineConfig({
  base: './',
  publicDir: 'public',
  cacheDir: '../../build/www.cache',
  build: {
    outDir: '../../build/www',
    emptyOutDir: true,
    target: 'es2021',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rollupOptions: {
      output: {
        entryFileNames: 'console.js',
        assetFileNames: 'console[extname]',
        inlineDynamicImports: true,
      },
    },
  },
});
