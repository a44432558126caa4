# Messages of Archipel, one for every code: the point of a code is written "_".

## Titles of problems, by class
title_malformed = Malformed request or statement
title_forbidden = Signature, key or mandate refused
title_not-found = Not found
title_method = Method not allowed
title_conflict = The present state does not allow it
title_too-large = Too large
title_media-type = Unsupported media type
title_refused = Refused by a rule
title_internal = Fault of the instance
title_unavailable = Not available at the moment

## The HTTP surface
http_not-found = Nothing is at this address. Check it in /v1/openapi.json.
http_method = This address does not take this method. Read with GET; submit statements with POST to /v1/statements.
http_media-type = The body must be application/json (one statement) or application/x-ndjson (one a line). Correct the Content-Type header.
http_body = The body of the request did not arrive whole. Send it again.
http_body-too-large = The body of the request is too large. Spread the statements over several requests.
http_too-many-lines = There are too many statements in this request. Spread them over several.
http_envelope = A statement is sent as {"{"}"signature":"…","statement":"…"{"}"}, on one line and without other members. Correct the envelope.
http_not-yet = The act waited for can not be seen yet. Ask again in a moment; no older state is shown in its place.
http_timeout = The request took too long. Try again; send a statement again as it was, it is recorded only once.
http_overloaded = The server is answering too many requests already. Try again in a moment.
http_internal = The server met an unexpected error. Try again; if it lasts, tell those who run it.

## Reading
query_no-such-view = There is no such view. The list of views is in /v1/openapi.json.
query_parameter = A parameter is not one of this view’s, or its value can not be read. Correct the parameter named.
query_not-found = Nothing has this name in this state of the log. Check the name and the position asked for.
query_ambiguous = More than one name begins like this. Give more of its digits.
query_beyond = The position asked for is beyond the end of the log. Ask for at most the position shown.
query_entry = An entry of the log can not be read. Those who run the instance must check it with “archipel audit verify”.

## Submitting statements
submit_too-many = Too many statements were handed in at once. Spread them.
submit_busy = The queue is full. Send the same statement again in a moment.
submit_read-only = This instance is open read-only. Turn to the server that records.
submit_stopped = The instance has stopped recording and must be started again. Send the same statement afterwards.
submit_in-doubt = It is not known whether the statement was recorded. Send exactly the same again: it is recorded only once.

## The form of statements
statement_too-large = The statement is too long. Shorten it.
statement_not-utf8 = The statement is not UTF-8 text. Make it again with an up-to-date tool.
statement_truncated = The statement ends too early. Send all of it.
statement_trailing-bytes = Something follows the statement. Remove what comes after the closing brace.
statement_not-canonical = The statement is not in canonical form: sorted members, no white space, shortest escapes. Make it again and sign that text.
statement_duplicate-member = A member stands twice. Keep one of them.
statement_member-name = The name of a member holds something else than printable ASCII. Correct the name.
statement_float = A number has a fraction or an exponent. Write integers only.
statement_integer-range = An integer is beyond the limits of its field. Correct its value.
statement_not-nfc = A text is not in Unicode normal form C. Normalise it before signing.
statement_null = The value null is not allowed. Leave the member out.
statement_too-deep = Objects and lists are nested too deep. Flatten the statement.
statement_unknown-member = A member does not belong to this type of act. Remove it.
statement_missing-member = A required member is missing. Add it.
statement_wrong-type = A value is not of the expected type. Correct it.
statement_wrong-length = A list has too many or too few elements. Correct it.
statement_unknown-variant = A value is not one of the alternatives. Choose one that is.
statement_invalid-value = A value is refused by its field. Correct it.
statement_unknown-act = There is no such type of act here. Check the member “act” and its version.
statement_wrong-origin = The statement was made for another log. Sign one for this log.
statement_id-version = The id is not a UUID of version 7. Choose a new one and sign again.
statement_id-time = The time inside the id is not that of “issued_at”. Choose a new id and sign again.
statement_id-conflict = Another statement has this id already. Choose a new one and sign again.
statement_issued-in-future = The clock of your device is ahead. Set it and sign again.
statement_issued-before-founding = The statement claims to be older than the instance. Set the clock of your device and sign again.

## Keys and signatures
key_not-hex = A public key is written as 64 lower-case hexadecimal digits. Correct it.
key_not-canonical = The public key is not the canonical encoding of a point of the curve. Make a new key.
key_weak = The key is weak: anybody could sign for it. Make a new key.
key_torsion = The key is outside the prime-order group, programs would disagree about its signatures. Make a new key.
key_proof-context = The proof of possession does not plainly name the log and the owner. Make it again.
key_no-entropy = The system gave no randomness. Try again, on another machine if need be.
key_unknown = No member has this key. Sign with an enrolled key, or have the person admitted.
key_not-authors = This key belongs to somebody else than the author named. Correct the author or sign with the author’s key.
key_revoked = This key was revoked. Sign with another of your keys.
key_in-use = This key was enrolled before, by you or by somebody else. Make a new key.
key_too-many = The member has as many keys as allowed. Replace one instead of adding another.
key_not-members = The key is not one of the member’s. Check the key and the member.
key_already-revoked = The key is revoked already. There is nothing to do.
key_last = A member’s last key is not revoked. Replace it with a new one.
signature_not-hex = A signature is written as 128 lower-case hexadecimal digits. Correct it.
signature_invalid = The signature does not verify for this statement and key. Sign the exact text again.
signature_text-like-tag = The text to sign begins like a tag of the protocol. Choose another text.

## Who acts, and under which mandate
author_left = The author has left the instance. Only present members act.
author_registrar-only = Only the instance’s own key does this. It will happen by itself when due.
author_members-only = The instance’s own key does not do this. A member must sign it.
condition_too-many-streams = The condition names more than 16 streams. Name fewer.
condition_stream-unknown = The condition names a stream that does not exist. Correct the condition.
condition_revision = The stream is not at the expected revision. Read it again, then decide again.
condition_changed = One of the streams has changed since you read it. Read it again, then decide again.
mandate_unknown = There is no such mandate. Check the member “as”.
mandate_not-holder = This mandate is held by somebody else. Cite one of yours.
mandate_not-started = This mandate has not begun. Wait for its start.
mandate_ended = This mandate is over. Cite an active one, or have the role assigned to you.
mandate_as-required = This act is done under a role. Cite your mandate in the member “as”.
mandate_power-missing = The role cited does not carry this power. Cite a mandate whose role does.

## The instance and its members
instance_not-founded = The log is empty. Its first statement must found the instance.
instance_already-founded = The instance is founded already. It is founded only once.
instance_founder-count = A founding names at least one founder, and no more than allowed. Correct the list.
instance_founder-signature = A founding is signed by its first founder, with that founder’s key. Sign it again.
instance_founder-twice = Two founders share a pseudonym, a key or a mandate. Give each their own.
instance_founding-term = The founders’ term lasts from one day to ten years. Correct it.
group_exists = A group has this name already. Choose another.
group_unknown = There is no such group. Check its name, or register it first.
member_exists = This pseudonym is taken. Draw a new one.
member_unknown = There is no such member. Check the pseudonym.
member_gone = The member has left already. There is nothing to do.
call_exists = A call has this name already. Choose another.
call_unknown = There is no such call. Check its name.
call_already-signed = This key has signed the call already. There is nothing to do.
call_not-signed = This key has not signed the call. Only one’s own signature can be withdrawn.

## Circles, roles and mandates
circle_exists = A circle has this name already. Choose another.
circle_unknown = There is no such circle. Check its name.
circle_dissolved = This circle is dissolved. Choose an active one.
circle_root = The root circle is not dissolved.
circle_in-use = This circle still holds circles or active mandates. End them first.
role_exists = A role has this name already. Choose another.
role_unknown = There is no such role. Check its name.
role_power-not-held = Nobody gives a power that their own role lacks. Remove it, or act under a role that carries it.
role_seat-count = The number of seats is out of bounds. Correct it.
role_term-length = A term lasts from one day to ten years. Correct it.
assignment_exists = A mandate has this statement’s id as its name already. Draw a new id and sign again.
assignment_member-unknown = There is no such member, or the member has left. Choose a present one.
assignment_term-reversed = The mandate would end before it begins, or in the past. Correct the dates.
assignment_term-too-long = The mandate would be longer than the role’s term. Shorten it.
assignment_already-holds = The member holds this role during that time already. Choose other dates or somebody else.
assignment_seats-taken = Every seat is taken during that time. Wait for a mandate to end.
assignment_unknown = There is no such mandate. Check its id.
assignment_ended = This mandate is over already. There is nothing to do.
assignment_end-reason = One resigns from one’s own mandate and recalls another’s. Correct the reason.

## Proposals and amendments
proposal_unknown = There is no such proposal. Check its id.
proposal_not-authors = Only its author and roles with the power change this proposal. Propose an amendment instead.
proposal_withdrawn = This proposal is withdrawn. It no longer changes.
proposal_adopted = This proposal is adopted: its text stands. Submit a new one to change it.
proposal_vote-open = A vote on this proposal is open: its text is frozen. Wait for the closing.
proposal_version-stale = The text has changed since: the version named is not the current one. Read it again, then start over.
proposal_version-unknown = This proposal has no version of that name. Check the hash.
proposal_already-supported = You support this version already. There is nothing to do.
proposal_text-length = The text would be empty or too long. Adjust it.
amendment_unknown = There is no such amendment. Check its id.
amendment_settled = This amendment is integrated or declined already. Propose a new one.
amendment_conflict = The amendment meets lines that have changed since. Read the conflicts, then integrate it with a resolution.
amendment_void = The text says already what the amendment asks for. Decline it, saying so.
amendment_result-mismatch = The merged text is not the one that the statement names. Merge again from the current version.
changes_empty = There is no change, there are too many, or one changes nothing. Correct the list.
changes_disorder = The changes are not in order, or two of them meet. Sort them and join those that meet.
changes_other-lines = The lines to replace are not those of the version named. Read it again and make the changes anew.
changes_control = A line holds a line feed or another control character. Remove it.

## Votes
vote_unknown = There is no such vote. Check its id.
vote_calendar = The vote would close before it opens, in the past, or too late. Correct the calendar.
vote_method = The method and the options do not go together. Correct the method’s parameters.
vote_option-twice = Two options share an id. Give each its own.
vote_too-many-options = The vote has too many options. Remove some, or hold several votes.
vote_proposal-unknown = An option names a proposal that does not exist. Check its id.
vote_version-missing = An option names a proposal without its version, or the other way round. Give both.
vote_proposal-not-open = The proposal is withdrawn, adopted, or in another open vote. Choose another or wait.
vote_version-stale = The version named is no longer the proposal’s. Read the text again and open the vote on the current version.
vote_group-unknown = A group of the electorate does not exist. Check its name.
vote_nobody-eligible = Nobody could vote. Widen the electorate.
vote_not-due = The deadline is not reached. The vote will close by itself.
vote_already-closed = This vote is closed already.
ballot_not-yet-open = This vote has not begun. Vote from its opening on.
ballot_vote-closed = This vote is closed: your ballot is not counted. Ballots received before the deadline stand.
ballot_not-eligible = You are not in this vote’s electorate, which was frozen at its opening. If that is a mistake, tell those who opened the vote.
ballot_other-terms = Your ballot was made for other terms than this vote’s. Read the text and the rules again, then vote again.
ballot_other-method = This ballot is not of the vote’s method. Fill in one of the right kind.
ballot_option-unknown = The ballot names an option that does not exist. Choose among the vote’s options.
ballot_grade-unknown = The ballot gives a grade that does not exist. Choose among the vote’s grades.
ballot_ranked-twice = The ballot ranks an option twice. Give each option one place at most.
ballot_equal-ranks = The ballot ranks options level, which this method does not admit. Give each option a place of its own.
ballot_points-out-of-range = The ballot gives an option fewer or more points than the vote allows. See the vote for the limits.
ballot_too-many-points = The ballot gives more points, all together, than the vote allows. Give fewer.
ballot_too-many-choices = The ballot approves more options than allowed. Remove some.
ballot_ungraded = This vote asks for a grade for every option. Complete your ballot.
outcome_still-open = The vote is still open. The outcome is declared after the closing.
outcome_already-declared = The outcome of this vote is declared already.
outcome_tally-mismatch = The tally declared is not that of the ballots in the log. Count again, then declare again.

## Accounts and moves
ledger_unit-unknown = There is no such unit. Check its code, or define it first.
ledger_account-unknown = There is no such account. Check its name, or open it first.
ledger_owner-unknown = The account’s owner or steward does not exist. Check their names.
ledger_move-unknown = There is no such move. Check its id.
ledger_unit-exists = A unit has this code already. Choose another.
ledger_scale = The unit has too many decimals. Use fewer.
ledger_account-exists = An account has this name already. Choose another.
ledger_steward = A member’s account has no steward; every other has one. Correct the statement.
ledger_bounds = The floor and the ceiling must have zero between them. Correct them.
ledger_unbounded = An exterior account has neither floor nor ceiling. Remove them.
ledger_unit-mismatch = A leg is not in its account’s unit. Correct the unit or the account.
ledger_leg-count = A move has at least two legs, and no more than allowed. Correct it.
ledger_zero-leg = A leg has an amount of zero. Remove it.
ledger_account-twice = An account stands on two legs. Join them.
ledger_sum-not-zero = The legs of a unit do not balance. What goes out must equal what comes in.
ledger_not-authorised = Taking from this account needs its owner’s key or its steward’s mandate. Ask somebody who can.
ledger_self-dealing = Nobody pays into their own account under a mandate. Ask somebody else to do it.
ledger_account-closed = This account is closed. Choose another.
ledger_account-not-empty = This account is not empty. Empty it before closing it.
ledger_not-a-move = The statement cited is not a move. Check its id.
ledger_reversal-of-reversal = A reversal is not reversed. Post a new move.
ledger_already-reversed = This move is reversed already. There is nothing to do.
ledger_below-floor = The balance would fall below the account’s floor. Lower the amount or fund the account.
ledger_above-ceiling = The balance would rise above the account’s ceiling. Lower the amount.
ledger_overflow = The balance would be beyond what an account can hold. Lower the amount.

## The directory of an instance
instance_origin = The name of a log is an address without scheme, such as example.org/convention: lower-case letters, digits, points, hyphens and slashes. Correct it.
instance_exists = This directory holds an instance already. Choose another.
instance_missing = This directory holds no instance. Check the path, or create one with “archipel init”.
instance_settings = The instance’s settings can not be read. Restore instance.json from a backup.
instance_io = The file system refuses. Check the path, the rights and the free space.
engine_fold = The state can not be folded. Delete the directory “derived”, then open the instance again.
rebuild_read = The entries of the log can not be read. Restore the log from a backup.
rebuild_append = Derived data can not be written. Check the rights and the free space, then start again.
rebuild_inadmissible = An entry of the log is not admissible: it comes from other rules or was altered. Restore a copy that passes “archipel audit verify”.

## Key files
key-file_too-large = This file is too large for a key file. Check the path.
key-file_not-pem = This file holds no well-formed PEM block. Check the path or restore the file.
key-file_not-key = This file holds no key of a known form. Use a PKCS#8 or SubjectPublicKeyInfo key.
key-file_not-private = This file holds a public key. Give the private key’s file.
key-file_not-public = This file holds a private key. Give the public key’s file, and never share the other.
key-file_not-ed25519 = This key is not an Ed25519 key. Make one with “archipel key”.
key-file_version-2 = The key is in PKCS#8 version 2, which other tools refuse. Convert it to version 1, without the public key.
key-file_malformed = The key is malformed. Restore the file from a backup.
key-file_damaged = The file is damaged: its key is not the one it names. Restore it from a backup.
key-file_password-needed = The key is encrypted. Give its password.
key-file_wrong-password = The password is wrong, or the file is damaged. Try again.
key-file_empty-password = The password is empty. Choose one, or ask for a key without a password.
key-file_unsupported-encryption = This encryption is not supported. Encrypt the key with scrypt or PBKDF2 (HMAC-SHA-256), and AES-256-CBC.
key-file_too-costly = The key derivation of the file asks for too much, or for nothing. Encrypt the key again with usual parameters.
key-file_no-entropy = The system gave no randomness. Try again, on another machine if need be.
key-file_exists = A file of this name exists already: keys are never overwritten. Choose another name.
key-file_io = The key file can not be read or written. Check the path, the rights and the free space.

## The store
store_in-use = Another process holds this directory. Stop it, or talk to it with --server.
store_not-found = This directory holds no log. Check the path, or create an instance with “archipel init”.
store_damaged = The log’s files are damaged. Keep this directory as it is and restore the log from a backup.
store_rolled-back = The log is older than its guard: its end was lost. Restore the newest copy, and do not delete the guard file.
store_guard = The guard file is missing or damaged. Restore it from the same copy as the log, or open read-only.
store_io = The file system refuses. Check the path, its owner and the free space.
store_read-damaged = Part of the store is damaged; nothing damaged is shown. Those who run the instance must restore it.
store_read-beyond = The position asked for is not (yet) in the log. Ask for a smaller one.
store_read-io = The store can not be read. Try again; if it lasts, those who run the instance must check the disk.
store_invalid-entry = An entry breaks a limit of the store. Shorten the statement.
store_repeated-id = The same id stands twice in one batch. Send the statement once.
store_duplicate = This id is in the log already. Ask for its receipt instead of writing again.
store_conflict = The log has changed in the meantime. Read again, then start over.
store_derived-behind = Derived data has not caught up with the log. Open the instance again, it will.
store_derived-conflict = Derived data continues at another position. Open the instance again.
store_derived-write = Derived data can not be written. It is rebuilt at the next start; check the free space.
store_read-only = The store is open read-only. Open it for writing to record.
store_not-written = Nothing was written. Try again.
store_in-doubt = The answer was lost. Look the ids up in the log before trying again.
store_fatal = Writing the log failed. End the process and start it again: it recovers.
tlog_vkey = This is not a verifier key (name+hash+key) of a known type. Copy it whole, from its owner.
tlog_note = This is not a signed note. Fetch the file again.
tlog_unsigned = There is no signature of the key that you trust. Check that the key is that of this log or witness.
tlog_signature = A signature of a known key is wrong, or stands there twice. Keep the file: it may be proof of a fault.
tlog_quorum = Fewer witnesses than required have cosigned. Wait for a newer checkpoint, or ask the witnesses.
tlog_checkpoint = The note is signed but is not a checkpoint. Ask whoever runs the log.
tlog_other-log = The checkpoint is that of another log. Check the address and the verifier key.
tlog_inclusion = The proof does not lead from the entry to the signed root. Keep the file: it may be proof of a fault.
tlog_consistency = The later tree does not begin with the earlier one, or the proof is not one. Keep both checkpoints.
tlog_receipt = This is not a receipt (.tlog-proof). Fetch it again.
tlog_no-entry = The receipt does not carry the entry that it is about. Hand in the entry too.
tlog_path = The path names no tile and no bundle. See c2sp.org/tlog-tiles.
tlog_tile = This is not a tile or bundle of that width. Fetch it again.
tlog_no-fork = These two checkpoints do not contradict each other.
tlog_fork-file = This is not a proof of a fork (archipel-fork/1).
log_no-checkpoint = Nothing is published yet, or this server publishes nothing. Try again in a few seconds.
log_no-tile = The checkpoint does not cover this tile (yet). Fetch the checkpoint, then what it covers.
publish_rolled-back = A larger or another log was signed before than the one that is here. Nothing is signed or recorded; those who run the instance must restore the newest copy.
publish_signed-damaged = The file of the last signed checkpoint is damaged. Nothing is signed or recorded; restore the file from the newest copy.
publish_witnessed = A witness shows a later checkpoint, signed by this log, that this log does not contain. Nothing is signed or recorded; those who run the instance must restore the newest copy.
publish_hashes = The hashes of the tiles do not lead to the log’s root. Stop, delete the folder “tiles”, start again: it is made anew.
publish_io = A file of the public log can not be read or written. Check its owner and the free space.
publish_other-tiles = This directory holds tiles of another log or another history. Choose a new directory.
log_withheld = These entries are not public, or not before the votes are closed whose ballots are among them. Try again after the closing.
foreign-log_other = This name stands for another log, or the log has another key than before. Choose another name; if the key has changed, ask why.
foreign-log_named-otherwise = This log is recorded under another name already. Use that name.
checkpoint_older = A larger tree of that log is recorded already. Fetch its newest checkpoint.
checkpoint_fork = Another root of the same size is recorded: that log has shown two histories. Keep both checkpoints and check them with “archipel audit fork”.
checkpoint_known = This checkpoint is recorded already.
audit_leaf = Audit failed: a leaf is not admissible. Keep everything as it is and compare with another copy of the log.
audit_statement = Audit failed: a statement is not valid. Keep everything as it is and compare with another copy of the log.
audit_derived = Audit failed: derived data differ from the log. Delete the folder `derived` and retry.
audit_root = Audit failed: the root differs. Keep everything as it is and compare with another copy of the log.
audit_tile = Audit failed: a tile is missing or differs. Keep everything as it is and compare with another copy of the log.
audit_withheld = Audit incomplete: entries are not public. Try again after the votes are closed, or ask for the entries.
audit_checkpoint = Audit failed: the checkpoint is not valid. Check the key (--vkey) and the witnesses; keep the file.
audit_key = Audit failed: the log names another key than the one that signs it. Check the key (--vkey) with those who run the log.
audit_behind = Audit failed: the log does not continue what was audited before. Keep both checkpoints: they prove the fault.

## Witnesses
witness_malformed = The request or the checkpoint in it is malformed. See c2sp.org/tlog-witness.
witness_unknown-log = This witness does not know this log. Ask whoever runs the witness to add it.
witness_unsigned = No key that this witness trusts has signed the checkpoint, or one of its signatures is wrong. Check the key with whoever runs the witness.
witness_old-beyond = The earlier size is larger than that of the checkpoint. Correct the request.
witness_old-size = The earlier size is not the one that this witness cosigned last. Send the proof from the size that it names.
witness_other-root = This witness has cosigned another tree of this size. Keep both checkpoints: they prove a fork.
witness_proof = The proof does not lead from the tree that this witness cosigned last to this one. Keep the checkpoint: it may be proof of a fork.
witness_clock = The clock of the witness went back. It cosigns again when the time has caught up.
witness_failed = The witness can not read or keep its state. Those who run it must check its disk.
witness_no-checkpoint = This witness has cosigned nothing of such a log. Check the address: it holds the SHA-256 of the log’s origin.
witness_name = This can not name a witness. Choose an address without scheme, without spaces or plus sign, such as example.org/witness.
witness_exists = This directory holds a witness already. Choose another.
witness_missing = This directory holds no witness. Create one with “archipel witness init”.
witness_in-use = Another process serves this witness. Stop it first; a key cosigns in one place only.
witness_settings = The settings can not be read. Correct the file named.
witness_log-key = This is not the key of a log in its own name. Give the verifier key (vkey) that the log’s people publish.
witness_key-twice = A key has one use: it is the witness’s own already, or that of another log, or a log stands twice. Give each its own.
witness_too-many = There are too many logs, keys of one log, or proofs of forks. Remove those that are no longer of use.
witness_damaged = What this witness cosigned last can not be read. Restore this very file from the newest copy; do not delete it, or the witness forgets what it has seen.
witness_policy = The list of witnesses can not be read. Correct witnesses.json.
witness_io = The file system refuses. Check the path, its owner and the free space.
audit_fetch = A file of the published log can not be fetched; nothing is known about the log. Check the address or the path, and try again.
instance_no-registrar = This directory was restored without the instance’s key (registrar.pem) and can only be read. Put the key there to record, or serve it with --read-only.
