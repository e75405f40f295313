package org.entente.loadtests.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Options of a demonstration.
 *
 * @param alerts file or folder of alerts, or null for the samples
 * @param mapping mapping of the alerts, or null
 * @param messages number to which the samples are repeated, about
 * @param rate messages per second
 * @param cluster whether the gateway that is killed runs on three machines
 */
record DemoOptions(
    @Nullable Path alerts, @Nullable Path mapping, int messages, int rate, boolean cluster) {}
