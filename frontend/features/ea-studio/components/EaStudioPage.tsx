"use client";

import { PageHeader } from "@/components/layout/PageHeader";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { useFilters } from "@/lib/hooks/useFilters";
import { LibraryTab } from "./LibraryTab";
import { Studio } from "./Studio";

/** `id`: the project, `new` for one that is to be made. */
const DEFAULTS = { tab: "generate", id: "", version: "", q: "" };

export function EaStudioPage() {
  const { filters, setFilters } = useFilters(DEFAULTS);
  return (
    <>
      <PageHeader
        title="EA Studio"
        description="Describe an expert advisor, watch it being written, compile it, deploy it."
      />
      <Tabs value={filters.tab} onValueChange={(tab) => setFilters({ tab })}>
        <TabsList aria-label="EA Studio">
          <TabsTrigger value="generate">Generate</TabsTrigger>
          <TabsTrigger value="library">Library</TabsTrigger>
        </TabsList>
        {/* Stays while the library is looked at, so that what is being written goes on. */}
        <TabsContent value="generate" forceMount hidden={filters.tab !== "generate"} className="pt-4">
          <Studio
            projectParam={filters.id}
            versionParam={filters.version}
            onGo={(id, version) => setFilters({ tab: "generate", id, version })}
          />
        </TabsContent>
        <TabsContent value="library" className="pt-4">
          <LibraryTab
            search={filters.q}
            onSearch={(q) => setFilters({ q })}
            onOpen={(id, version) => setFilters({ tab: "generate", id, version })}
          />
        </TabsContent>
      </Tabs>
    </>
  );
}
