package org.entente.gateway.bridge.format;

/** What writing an alert as CAP comes to. */
public sealed interface CapWriteResult permits CapXml, BadRecord {}
