package org.entente.gateway.bridge.cap;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.gateway.bridge.format.CapXml;
import org.entente.gateway.bridge.format.DurableFile;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * A folder into which received messages go as CAP 1.2 files, one for each alert, for a system that
 * reads CAP and watches a folder.
 *
 * <p>{@code MESSAGE.cap} is the alert; it appears whole or not at all. {@code MESSAGE.report.json}
 * stands beside it, and is there first, where something of the message is not in the CAP file as it
 * stands; and alone, with the reason, where the message could not be written as CAP. A message that
 * comes again replaces its files. A recall of an alert whose file is still here becomes a CAP
 * {@code Cancel} that refers to it; the file itself is left to whoever reads the folder.
 *
 * <p>Only their owner may read the files. For use by one thread.
 */
public final class CapFolder {
  private static final String CAP = ".cap";
  private static final String REPORT = ".report.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What became of one message, durable.
   *
   * @param cap the CAP file; empty if there is none
   * @param report the report; empty if there was nothing to report
   * @param reason why there is no CAP file; empty if there is one
   * @param unmapped what is not in the CAP file as it stands in the message
   */
  public record WriteResult(
      Optional<Path> cap, Optional<Path> report, String reason, List<UnmappedValue> unmapped) {
    public WriteResult {
      unmapped = List.copyOf(unmapped);
    }
  }

  private final Path folder;

  private CapFolder(Path folder) {
    this.folder = folder;
  }

  /** Opens a folder; makes it, for its owner alone, if it is not there. */
  public static CapFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new CapFolder(folder);
  }

  /**
   * Writes a received message. On return everything that was written is on the disk under its name,
   * so that the message may be acknowledged.
   *
   * @throws IOException if it could not be written; it must not be acknowledged then
   */
  public WriteResult write(Label label, Body body) throws IOException {
    String id = HexFormat.of().formatHex(label.getMessageId().toByteArray());
    CapWriteResult writing = writing(label, body);
    if (writing instanceof CapXml cap) {
      Optional<Path> report =
          cap.unmapped().isEmpty()
              ? Optional.empty()
              : Optional.of(report(id, label, "", cap.unmapped()));
      Path file = folder.resolve(id + CAP);
      DurableFile.write(file, cap.xml());
      return new WriteResult(Optional.of(file), report, "", cap.unmapped());
    }
    BadRecord bad = (BadRecord) writing;
    String reason = bad.fault();
    Path report = report(id, label, reason, List.of());
    return new WriteResult(Optional.empty(), Optional.of(report), reason, List.of());
  }

  private CapWriteResult writing(Label label, Body body) throws IOException {
    ByteString changed = CapMessage.changed(label, body);
    return CapMessage.write(label, body, changed.isEmpty() ? null : written(changed));
  }

  /** What was written of a message before; null if its file is not there. */
  private @Nullable CapReadResult written(ByteString message) throws IOException {
    Path file = folder.resolve(HexFormat.of().formatHex(message.toByteArray()) + CAP);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return CapReader.read(String.valueOf(file.getFileName()), in);
    }
  }

  private Path report(String id, Label label, String reason, List<UnmappedValue> unmapped)
      throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("message_id", id);
    root.put("origin", label.getOrigin());
    root.put("kind", label.getKind().name());
    root.put("written", reason.isEmpty());
    root.put("reason", reason);
    ArrayNode list = root.putArray("unmapped");
    for (UnmappedValue one : unmapped) {
      list.addObject().put("path", one.path()).put("what", one.what());
    }
    Path file = folder.resolve(id + REPORT);
    DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    return file;
  }
}
