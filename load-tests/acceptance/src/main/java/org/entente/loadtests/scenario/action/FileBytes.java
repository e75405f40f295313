package org.entente.loadtests.scenario.action;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.Body;

/** Comparison of a scenario's file with a received document. */
public final class FileBytes {
  private FileBytes() {}

  public static void check(ScenarioCheck checking, String field, String file) {
    checking.require(
        Files.isRegularFile(checking.file(file)),
        field,
        "there is no file " + checking.file(file),
        "a file");
  }

  /** Checks that the received content has exactly the bytes of the file. */
  public static void same(String who, Path file, Body body, StepFindings findings) {
    ByteString sent;
    try {
      sent = ByteString.copyFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new CommandFailure(file + " cannot be read: " + e, e);
    }
    ByteString got = body.getDocument().getContent();
    findings.add(
        who + " has " + words(sent),
        body.hasDocument() ? who + " has " + words(got) : who + " has no document",
        body.hasDocument() && sent.equals(got));
  }

  private static String words(ByteString content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.toByteArray());
      return content.size() + " bytes, SHA-256 " + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
