package org.entente.gateway.bridge.format;

/** The result of one record of an {@code AlertSource}: a draft to publish, or why there is none. */
public sealed interface AlertItem permits AlertDraft, BadRecord {

  /** The file as named to the source, or its path within the named folder. */
  String file();

  /** Line on which the record begins, from 1; 0 if the file could not be read. */
  int line();
}
