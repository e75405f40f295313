package org.entente.loadtests.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a demonstration is to do.
 *
 * @param alerts what to publish, or null for the samples
 * @param mapping how to read it, or null
 * @param messages repeat the samples to about so many
 * @param rate messages a second
 */
record DemoOptions(@Nullable Path alerts, @Nullable Path mapping, int messages, int rate) {}
