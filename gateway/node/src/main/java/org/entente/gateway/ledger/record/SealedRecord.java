package org.entente.gateway.ledger.record;

/**
 * A sealed record as it lies in the store, with its place.
 *
 * @param place where it lies
 * @param bytes sealed; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SealedRecord(RecordPlace place, byte[] bytes) {}
