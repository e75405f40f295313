package org.entente.gateway.bridge.format;

/** What reading one line of a JSON Lines file comes to. */
public sealed interface RecordReadResult permits SourceRecord, BadRecord {}
