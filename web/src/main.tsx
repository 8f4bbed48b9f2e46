import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client.ts";
import { App } from "./app.tsx";
import { LanguageProvider } from "./i18n/index.tsx";
import { startTheme } from "./lib/theme.ts";
import "./style/index.css";

startTheme();

const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: 15_000, retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2 } },
});

createRoot(document.getElementById("console")!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <App />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
