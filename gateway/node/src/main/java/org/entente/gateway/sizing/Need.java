package org.entente.gateway.sizing;

/**
 * The resources that one gateway needs.
 *
 * @param links to other gateways
 * @param cores fully used processor cores
 * @param writer share of one core for the thread that writes the ledger; above 1 it cannot keep up,
 *     however many cores there are
 * @param memory bytes of its process
 * @param diskPerDay bytes that one day adds
 * @param diskKept bytes once deletions balance additions
 * @param in bytes a second from other gateways
 * @param out bytes a second to other gateways
 * @param witnessing bytes a second of these, in both directions, for witnesses
 * @param bundle bytes of the trust bundle
 * @param bundleCopies most copies of a new bundle that it sends
 */
public record Need(
    int links,
    double cores,
    double writer,
    double memory,
    double diskPerDay,
    double diskKept,
    double in,
    double out,
    double witnessing,
    double bundle,
    int bundleCopies) {}
