package org.entente.gateway.cli.text;

import com.google.protobuf.MessageOrBuilder;
import java.util.List;
import org.entente.gateway.config.YamlFiles;

/** A message of the protos with all its fields, for people to read. */
public final class FieldText {
  private FieldText() {}

  /**
   * The lines of its YAML, with names and values as {@code --json} prints them. They are not
   * cleaned for a terminal.
   */
  public static List<String> lines(MessageOrBuilder message) {
    return YamlFiles.print(JsonText.tree(message)).lines().toList();
  }
}
