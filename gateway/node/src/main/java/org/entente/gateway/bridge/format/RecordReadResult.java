package org.entente.gateway.bridge.format;

/** The result of reading one line of a JSON Lines file. */
public sealed interface RecordReadResult permits SourceRecord, BadRecord {}
