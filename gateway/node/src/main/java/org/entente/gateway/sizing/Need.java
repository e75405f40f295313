package org.entente.gateway.sizing;

/**
 * What one gateway needs.
 *
 * @param links to other gateways
 * @param cores of a processor, busy all the time
 * @param writer share of one core that the thread needs which writes the ledger; above 1 it cannot
 *     keep up, however many cores there are
 * @param memory bytes of its process
 * @param diskPerDay bytes that one day adds
 * @param diskKept bytes once as much is deleted as is added
 * @param in bytes a second from other gateways
 * @param out bytes a second to other gateways
 * @param witnessing bytes a second of these, both ways together, that are there for witnesses
 * @param bundle bytes of the trust bundle
 * @param bundleCopies how often it may have to hand a new one out
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
