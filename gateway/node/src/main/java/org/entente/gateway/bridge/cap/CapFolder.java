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
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.gateway.model.DurableFile;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Obligation;
import org.jspecify.annotations.Nullable;

/**
 * A folder that receives messages as CAP 1.2 files, one for each alert, for a system that reads CAP
 * and watches a folder.
 *
 * <p>{@code MESSAGE.cap} is the alert; it is written atomically. {@code MESSAGE.report.json} is
 * written first if the CAP file changes or omits parts of the message. If the message cannot be
 * written as CAP, the report is the only file and gives the reason. A redelivered message replaces
 * its files. Of a message that may not be exported there is a report alone. A recall of an alert
 * whose file still exists becomes a CAP {@code Cancel} that refers to it. Removing the alert's file
 * is up to the reader of the folder.
 *
 * <p>Only the owner may read the files. For use by one thread.
 */
public final class CapFolder {
  private static final String CAP = ".cap";
  private static final String REPORT = ".report.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The durable result of writing one message.
   *
   * @param cap the CAP file; empty if there is none
   * @param report the report; empty if there was nothing to report
   * @param reason why there is no CAP file; empty if there is one
   * @param unmapped the parts of the message that the CAP file changes or omits
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

  /** Opens a folder; creates it, accessible to its owner only, if it does not exist. */
  public static CapFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return new CapFolder(folder);
  }

  /**
   * Writes a received message. On return the files are on disk under their names, so that the
   * message may be acknowledged.
   *
   * @throws IOException if it could not be written; the message must then not be acknowledged
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
    if (label.getObligationsList().contains(Obligation.OBLIGATION_NO_EXPORT)) {
      return new BadRecord(
          "CAP output",
          0,
          "label.obligations",
          "its agreement forbids copies in other systems (NO_EXPORT); an officer can open it");
    }
    ByteString changed = CapMessage.changed(label, body);
    return CapMessage.write(label, body, changed.isEmpty() ? null : written(changed));
  }

  /** The CAP file written for a message before; null if it does not exist. */
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
    ObjectNode root =
        JSON.createObjectNode()
            .put("message_id", id)
            .put("origin", label.getOrigin())
            .put("kind", label.getKind().name())
            .put("written", reason.isEmpty())
            .put("reason", reason);
    ArrayNode list = root.putArray("unmapped");
    for (UnmappedValue one : unmapped) {
      list.addObject().put("path", one.path()).put("what", one.what());
    }
    Path file = folder.resolve(id + REPORT);
    DurableFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
    return file;
  }
}
