# Messages d’Archipel, un par code : le point du code s’écrit « _ ».

## Titres des problèmes, par classe
title_malformed = Requête ou déclaration mal formée
title_forbidden = Signature, clé ou mandat refusé
title_not-found = Introuvable
title_method = Méthode refusée
title_conflict = L’état actuel ne le permet pas
title_too-large = Trop grand
title_media-type = Type de contenu refusé
title_refused = Refusé par une règle
title_internal = Panne de l’instance
title_unavailable = Indisponible pour le moment

## Le service HTTP
http_not-found = Cette adresse ne mène à rien. Vérifiez-la dans /v1/openapi.json.
http_method = Cette adresse n’accepte pas cette méthode. Les lectures se font par GET, les déclarations se remettent par POST à /v1/statements.
http_media-type = Le corps doit être du type application/json (une déclaration) ou application/x-ndjson (une par ligne). Corrigez l’en-tête Content-Type.
http_body = Le corps de la requête n’est pas arrivé en entier. Envoyez-le à nouveau.
http_body-too-large = Le corps de la requête est trop grand. Répartissez les déclarations sur plusieurs envois.
http_too-many-lines = L’envoi contient trop de déclarations. Répartissez-les sur plusieurs envois.
http_envelope = Une déclaration s’envoie sous la forme {"{"}"signature":"…","statement":"…"{"}"}, sur une seule ligne et sans autre membre. Corrigez l’enveloppe.
http_not-yet = L’acte attendu n’est pas encore visible. Redemandez dans un instant ; aucune version plus ancienne n’est montrée à la place.
http_timeout = La requête a pris trop de temps. Réessayez ; une déclaration déjà envoyée se renvoie telle quelle, elle ne sera enregistrée qu’une fois.
http_overloaded = Le serveur répond déjà à trop de requêtes. Réessayez dans un instant.
http_internal = Le serveur a rencontré une erreur imprévue. Réessayez ; si cela dure, prévenez les personnes qui le tiennent.

## Les lectures
query_no-such-view = Cette vue n’existe pas. La liste des vues est dans /v1/openapi.json.
query_parameter = Un paramètre est inconnu de cette vue ou sa valeur est illisible. Corrigez le paramètre nommé.
query_not-found = Rien ne porte ce nom dans cet état du journal. Vérifiez le nom et la position demandée.
query_ambiguous = Plusieurs noms commencent ainsi. Donnez-en davantage de chiffres.
query_beyond = La position demandée dépasse la fin du journal. Demandez au plus la position indiquée.
query_entry = Une entrée du journal ne se lit pas. Les personnes qui tiennent l’instance doivent la vérifier avec « archipel audit verify ».

## La remise des déclarations
submit_too-many = Trop de déclarations ont été remises d’un coup. Répartissez-les.
submit_busy = La file d’attente est pleine. Renvoyez la même déclaration dans un instant.
submit_read-only = Cette instance est ouverte en lecture seule. Adressez-vous au serveur qui enregistre.
submit_stopped = L’instance n’enregistre plus et doit être redémarrée. Renvoyez la même déclaration ensuite.
submit_in-doubt = On ne sait pas si la déclaration a été enregistrée. Renvoyez exactement la même : elle ne le sera qu’une fois.

## La forme des déclarations
statement_too-large = La déclaration est trop longue. Raccourcissez-la.
statement_not-utf8 = La déclaration n’est pas du texte UTF-8. Produisez-la à nouveau avec un outil à jour.
statement_truncated = La déclaration s’arrête trop tôt. Envoyez-la en entier.
statement_trailing-bytes = Quelque chose suit la déclaration. Retirez ce qui vient après l’accolade finale.
statement_not-canonical = La déclaration n’est pas en forme canonique : membres triés, sans espaces, échappements les plus courts. Produisez-la à nouveau et signez ce texte-là.
statement_duplicate-member = Un membre figure deux fois. N’en gardez qu’un.
statement_member-name = Un nom de membre contient autre chose que de l’ASCII imprimable. Corrigez ce nom.
statement_float = Un nombre a une virgule ou un exposant. N’écrivez que des entiers.
statement_integer-range = Un entier sort des limites de son champ. Corrigez sa valeur.
statement_not-nfc = Un texte n’est pas en forme Unicode NFC. Normalisez-le avant de signer.
statement_null = La valeur null n’est pas admise. Omettez le membre.
statement_too-deep = Les objets et les listes sont trop imbriqués. Aplatissez la déclaration.
statement_unknown-member = Un membre n’appartient pas à ce type d’acte. Retirez-le.
statement_missing-member = Il manque un membre obligatoire. Ajoutez-le.
statement_wrong-type = Une valeur n’est pas du type attendu. Corrigez-la.
statement_wrong-length = Une liste a trop ou trop peu d’éléments. Corrigez-la.
statement_unknown-variant = Une valeur n’est pas parmi les choix possibles. Choisissez-en une qui l’est.
statement_invalid-value = Une valeur est refusée par son champ. Corrigez-la.
statement_unknown-act = Ce type d’acte n’existe pas ici. Vérifiez le membre « act » et sa version.
statement_wrong-origin = La déclaration a été faite pour un autre journal. Signez-en une pour celui-ci.
statement_id-version = L’identifiant n’est pas un UUID de version 7. Choisissez-en un nouveau et signez à nouveau.
statement_id-time = L’heure contenue dans l’identifiant n’est pas celle de « issued_at ». Choisissez un nouvel identifiant et signez à nouveau.
statement_id-conflict = Une autre déclaration porte déjà cet identifiant. Choisissez-en un nouveau et signez à nouveau.
statement_issued-in-future = L’horloge de votre appareil avance. Réglez-la et signez à nouveau.
statement_issued-before-founding = La déclaration se dit plus ancienne que l’instance. Réglez l’horloge de votre appareil et signez à nouveau.

## Les clés et les signatures
key_not-hex = Une clé publique s’écrit en 64 chiffres hexadécimaux minuscules. Corrigez-la.
key_not-canonical = La clé publique n’est pas un point de la courbe en écriture canonique. Créez une nouvelle clé.
key_weak = La clé est faible : n’importe qui pourrait signer pour elle. Créez une nouvelle clé.
key_torsion = La clé sort du groupe d’ordre premier, les logiciels ne s’accorderaient pas sur ses signatures. Créez une nouvelle clé.
key_proof-context = La preuve de possession ne nomme pas clairement le journal et la personne. Refaites-la.
key_no-entropy = Le système n’a pas fourni d’aléa. Réessayez, au besoin sur une autre machine.
key_unknown = Aucun membre n’a cette clé. Signez avec une clé enregistrée, ou faites admettre la personne.
key_not-authors = Cette clé appartient à quelqu’un d’autre que l’auteur indiqué. Corrigez l’auteur ou signez avec sa clé.
key_revoked = Cette clé a été révoquée. Signez avec une autre de vos clés.
key_in-use = Cette clé a déjà été enregistrée, ici ou pour quelqu’un d’autre. Créez une nouvelle clé.
key_too-many = Ce membre a déjà autant de clés que permis. Remplacez-en une au lieu d’en ajouter.
key_not-members = Cette clé n’est pas l’une de celles du membre. Vérifiez la clé et le membre.
key_already-revoked = Cette clé est déjà révoquée. Il n’y a rien à faire.
key_last = La dernière clé d’un membre ne se révoque pas. Remplacez-la par une nouvelle.
signature_not-hex = Une signature s’écrit en 128 chiffres hexadécimaux minuscules. Corrigez-la.
signature_invalid = La signature ne correspond pas à la déclaration et à la clé. Signez à nouveau le texte exact.
signature_text-like-tag = Le texte à signer commence comme une étiquette du protocole. Choisissez un autre texte.

## Qui agit, et sous quel mandat
author_left = L’auteur a quitté l’instance. Seuls les membres présents agissent.
author_registrar-only = Seule la clé de l’instance fait cet acte. Il sera fait de lui-même au moment voulu.
author_members-only = La clé de l’instance ne fait pas cet acte. Un membre doit le signer.
condition_too-many-streams = La condition nomme plus de 16 flux. Nommez-en moins.
condition_stream-unknown = La condition nomme un flux qui n’existe pas. Corrigez la condition.
condition_revision = Le flux n’est pas à la révision attendue. Relisez-le, puis décidez à nouveau.
condition_changed = Un des flux a changé depuis que vous l’avez lu. Relisez-le, puis décidez à nouveau.
mandate_unknown = Le mandat cité n’existe pas. Vérifiez le membre « as ».
mandate_not-holder = Ce mandat est tenu par quelqu’un d’autre. Citez l’un des vôtres.
mandate_not-started = Ce mandat n’a pas encore commencé. Attendez son début.
mandate_ended = Ce mandat est terminé. Citez un mandat en cours, ou faites-vous attribuer le rôle.
mandate_as-required = Cet acte se fait au titre d’un rôle. Citez votre mandat dans le membre « as ».
mandate_power-missing = Le rôle cité ne porte pas ce pouvoir. Citez un mandat dont le rôle le porte.

## L’instance et ses membres
instance_not-founded = Le journal est vide. La première déclaration doit fonder l’instance.
instance_already-founded = L’instance est déjà fondée. Une fondation n’a lieu qu’une fois.
instance_founder-count = Une fondation nomme au moins une personne fondatrice, et pas plus que permis. Corrigez la liste.
instance_founder-signature = La fondation se signe par la première personne fondatrice, avec sa clé. Signez à nouveau.
instance_founder-twice = Deux personnes fondatrices partagent un pseudonyme, une clé ou un mandat. Donnez à chacune les siens.
instance_founding-term = Le mandat des fondateurs dure d’un jour à dix ans. Corrigez la durée.
group_exists = Un groupe porte déjà ce nom. Choisissez-en un autre.
group_unknown = Ce groupe n’existe pas. Vérifiez son nom, ou enregistrez-le d’abord.
member_exists = Ce pseudonyme est déjà pris. Tirez-en un nouveau.
member_unknown = Ce membre n’existe pas. Vérifiez le pseudonyme.
member_gone = Ce membre est déjà parti. Il n’y a rien à faire.
call_exists = Un appel porte déjà ce nom. Choisissez-en un autre.
call_unknown = Cet appel n’existe pas. Vérifiez son nom.
call_already-signed = Cette clé a déjà signé cet appel. Il n’y a rien à faire.
call_not-signed = Cette clé n’a pas signé cet appel. On ne retire que sa propre signature.

## Les cercles, les rôles et les mandats
circle_exists = Un cercle porte déjà ce nom. Choisissez-en un autre.
circle_unknown = Ce cercle n’existe pas. Vérifiez son nom.
circle_dissolved = Ce cercle est dissous. Choisissez un cercle actif.
circle_root = Le cercle racine ne se dissout pas.
circle_in-use = Ce cercle contient encore des cercles ou des mandats en cours. Mettez-y fin d’abord.
role_exists = Un rôle porte déjà ce nom. Choisissez-en un autre.
role_unknown = Ce rôle n’existe pas. Vérifiez son nom.
role_power-not-held = On ne donne pas un pouvoir que son propre rôle n’a pas. Retirez-le, ou agissez sous un rôle qui le porte.
role_seat-count = Le nombre de sièges sort des limites. Corrigez-le.
role_term-length = La durée du mandat va d’un jour à dix ans. Corrigez-la.
assignment_exists = Un mandat porte déjà pour nom l’identifiant de cette déclaration. Tirez un nouvel identifiant et signez à nouveau.
assignment_member-unknown = Ce membre n’existe pas, ou il est parti. Choisissez un membre présent.
assignment_term-reversed = Le mandat finirait avant de commencer, ou dans le passé. Corrigez les dates.
assignment_term-too-long = Le mandat dépasserait la durée prévue par le rôle. Raccourcissez-le.
assignment_already-holds = Ce membre tient déjà ce rôle pendant cette période. Choisissez d’autres dates ou quelqu’un d’autre.
assignment_seats-taken = Tous les sièges sont pris pendant cette période. Attendez la fin d’un mandat.
assignment_unknown = Ce mandat n’existe pas. Vérifiez son identifiant.
assignment_ended = Ce mandat est déjà terminé. Il n’y a rien à faire.
assignment_end-reason = On démissionne de son propre mandat et on révoque celui d’autrui. Corrigez la raison.

## Les propositions et les amendements
proposal_unknown = Cette proposition n’existe pas. Vérifiez son identifiant.
proposal_not-authors = Seuls l’auteur et les rôles qui en ont le pouvoir modifient cette proposition. Proposez plutôt un amendement.
proposal_withdrawn = Cette proposition est retirée. Elle ne change plus.
proposal_adopted = Cette proposition est adoptée : son texte ne bouge plus. Déposez-en une nouvelle pour le changer.
proposal_vote-open = Un vote est ouvert sur cette proposition : son texte est figé. Attendez la clôture.
proposal_version-stale = Le texte a changé depuis : la version nommée n’est plus la version en cours. Relisez-le, puis recommencez.
proposal_version-unknown = Cette proposition n’a aucune version de ce nom. Vérifiez l’empreinte.
proposal_already-supported = Vous soutenez déjà cette version. Il n’y a rien à faire.
proposal_text-length = Le texte serait vide ou trop long. Ajustez-le.
amendment_unknown = Cet amendement n’existe pas. Vérifiez son identifiant.
amendment_settled = Cet amendement est déjà intégré ou écarté. Proposez-en un nouveau.
amendment_conflict = L’amendement touche des lignes qui ont changé depuis. Lisez les conflits, puis intégrez-le avec une résolution.
amendment_void = Le texte dit déjà ce que demande l’amendement. Écartez-le en le disant.
amendment_result-mismatch = Le texte obtenu n’est pas celui que nomme la déclaration. Refaites la fusion à partir de la version en cours.
changes_empty = Il n’y a aucun changement, il y en a trop, ou l’un d’eux ne change rien. Corrigez la liste.
changes_disorder = Les changements ne sont pas dans l’ordre, ou deux se touchent. Triez-les et réunissez ceux qui se touchent.
changes_other-lines = Les lignes à remplacer ne sont pas celles de la version nommée. Relisez-la et refaites les changements.
changes_control = Une ligne contient un saut de ligne ou un autre caractère de contrôle. Retirez-le.

## Les votes
vote_unknown = Ce vote n’existe pas. Vérifiez son identifiant.
vote_calendar = Le vote fermerait avant d’ouvrir, dans le passé ou trop tard. Corrigez le calendrier.
vote_method = La méthode et les options ne vont pas ensemble. Corrigez les paramètres de la méthode.
vote_option-twice = Deux options portent le même identifiant. Donnez à chacune le sien.
vote_too-many-options = Le vote a trop d’options. Retirez-en, ou faites plusieurs votes.
vote_proposal-unknown = Une option nomme une proposition qui n’existe pas. Vérifiez son identifiant.
vote_version-missing = Une option nomme une proposition sans sa version, ou l’inverse. Donnez les deux.
vote_proposal-not-open = La proposition est retirée, adoptée, ou déjà dans un autre vote ouvert. Choisissez-en une autre ou attendez.
vote_version-stale = La version nommée n’est plus celle de la proposition. Relisez le texte et ouvrez le vote sur la version en cours.
vote_group-unknown = Un groupe du corps électoral n’existe pas. Vérifiez son nom.
vote_nobody-eligible = Personne ne pourrait voter. Élargissez le corps électoral.
vote_not-due = L’heure de clôture n’est pas atteinte. Le vote fermera de lui-même.
vote_already-closed = Ce vote est déjà clos.
ballot_not-yet-open = Ce vote n’est pas encore ouvert. Votez à partir de l’heure d’ouverture.
ballot_vote-closed = Ce vote est clos : votre bulletin n’est pas compté. Les bulletins reçus avant l’échéance restent valables.
ballot_not-eligible = Vous n’êtes pas dans le corps électoral de ce vote, figé à son ouverture. Si c’est une erreur, parlez-en aux personnes qui ont ouvert le vote.
ballot_other-terms = Votre bulletin a été fait pour d’autres termes que ceux de ce vote. Relisez le texte et les règles, puis votez à nouveau.
ballot_other-method = Ce bulletin n’est pas de la méthode du vote. Remplissez-en un de la bonne sorte.
ballot_option-unknown = Le bulletin nomme une option qui n’existe pas. Choisissez parmi les options du vote.
ballot_grade-unknown = Le bulletin donne une mention qui n’existe pas. Choisissez parmi les mentions du vote.
ballot_ranked-twice = Le bulletin classe deux fois la même option. Donnez au plus une place à chaque option.
ballot_equal-ranks = Le bulletin classe des options à égalité, ce que cette méthode n’admet pas. Donnez à chaque option une place à elle.
ballot_points-out-of-range = Le bulletin donne à une option moins ou plus de points que le vote ne le permet. Consultez les limites du vote.
ballot_too-many-points = Le bulletin donne en tout plus de points que le vote ne le permet. Donnez-en moins.
ballot_too-many-choices = Le bulletin approuve plus d’options que permis. Retirez-en.
ballot_ungraded = Ce vote demande une mention pour chaque option. Complétez votre bulletin.
outcome_still-open = Le vote est encore ouvert. Le résultat se déclare après la clôture.
outcome_already-declared = Le résultat de ce vote est déjà déclaré.
outcome_tally-mismatch = Le décompte déclaré n’est pas celui des bulletins du journal. Recomptez, puis déclarez à nouveau.

## Les comptes et les mouvements
ledger_unit-unknown = Cette unité n’existe pas. Vérifiez son code, ou définissez-la d’abord.
ledger_account-unknown = Ce compte n’existe pas. Vérifiez son nom, ou ouvrez-le d’abord.
ledger_owner-unknown = Le titulaire du compte ou le rôle gestionnaire n’existe pas. Vérifiez leurs noms.
ledger_move-unknown = Ce mouvement n’existe pas. Vérifiez son identifiant.
ledger_unit-exists = Une unité porte déjà ce code. Choisissez-en un autre.
ledger_scale = L’unité a trop de décimales. Réduisez-en le nombre.
ledger_account-exists = Un compte porte déjà ce nom. Choisissez-en un autre.
ledger_steward = Le compte d’un membre n’a pas de rôle gestionnaire ; tout autre compte en a un. Corrigez la déclaration.
ledger_bounds = Le plancher et le plafond doivent encadrer zéro. Corrigez-les.
ledger_unbounded = Un compte extérieur n’a ni plancher ni plafond. Retirez-les.
ledger_unit-mismatch = Une ligne n’est pas dans l’unité de son compte. Corrigez l’unité ou le compte.
ledger_leg-count = Un mouvement a au moins deux lignes, et pas plus que permis. Corrigez-le.
ledger_zero-leg = Une ligne a un montant nul. Retirez-la.
ledger_account-twice = Un compte figure sur deux lignes. Réunissez-les.
ledger_sum-not-zero = Les lignes d’une unité ne s’équilibrent pas. Ce qui sort doit être égal à ce qui entre.
ledger_not-authorised = Prendre sur ce compte demande la clé de son titulaire ou le mandat de son rôle gestionnaire. Demandez à qui le peut.
ledger_self-dealing = On ne verse pas sur son propre compte au titre d’un mandat. Demandez à une autre personne de le faire.
ledger_account-closed = Ce compte est clos. Choisissez-en un autre.
ledger_account-not-empty = Ce compte n’est pas vide. Videz-le avant de le clore.
ledger_not-a-move = La déclaration citée n’est pas un mouvement. Vérifiez son identifiant.
ledger_reversal-of-reversal = Une annulation ne s’annule pas. Passez un nouveau mouvement.
ledger_already-reversed = Ce mouvement est déjà annulé. Il n’y a rien à faire.
ledger_below-floor = Le solde passerait sous le plancher du compte. Réduisez le montant ou approvisionnez le compte.
ledger_above-ceiling = Le solde dépasserait le plafond du compte. Réduisez le montant.
ledger_overflow = Le solde dépasserait ce qu’un compte peut tenir. Réduisez le montant.

## Le répertoire d’une instance
instance_origin = Un nom de journal est une adresse sans protocole, comme example.org/convention : minuscules, chiffres, points, tirets et barres obliques. Corrigez-le.
instance_exists = Ce répertoire contient déjà une instance. Choisissez-en un autre.
instance_missing = Ce répertoire ne contient pas d’instance. Vérifiez le chemin, ou créez-en une avec « archipel init ».
instance_settings = Les réglages de l’instance ne se lisent pas. Restaurez instance.json depuis une sauvegarde.
instance_io = Le système de fichiers refuse l’accès. Vérifiez le chemin, les droits et la place libre.
engine_fold = L’état ne peut pas être recalculé. Effacez le répertoire « derived », puis ouvrez l’instance à nouveau.
rebuild_read = Les entrées du journal ne se lisent pas. Restaurez le journal depuis une sauvegarde.
rebuild_append = Les données dérivées ne peuvent pas être écrites. Vérifiez les droits et la place libre, puis recommencez.
rebuild_inadmissible = Une entrée du journal n’est pas admissible : il vient d’autres règles ou a été altéré. Restaurez une copie que « archipel audit verify » accepte.

## Les fichiers de clés
key-file_too-large = Ce fichier est trop grand pour un fichier de clé. Vérifiez le chemin.
key-file_not-pem = Ce fichier ne contient pas de bloc PEM bien formé. Vérifiez le chemin ou restaurez le fichier.
key-file_not-key = Ce fichier ne contient pas de clé d’une forme connue. Utilisez une clé PKCS#8 ou SubjectPublicKeyInfo.
key-file_not-private = Ce fichier contient une clé publique. Donnez le fichier de la clé privée.
key-file_not-public = Ce fichier contient une clé privée. Donnez le fichier de la clé publique, et ne partagez jamais l’autre.
key-file_not-ed25519 = Cette clé n’est pas une clé Ed25519. Créez-en une avec « archipel key ».
key-file_version-2 = La clé est en PKCS#8 version 2, que d’autres outils refusent. Convertissez-la en version 1, sans la clé publique.
key-file_malformed = La clé est mal formée. Restaurez le fichier depuis une sauvegarde.
key-file_damaged = Le fichier est abîmé : sa clé n’est pas celle qu’il nomme. Restaurez-le depuis une sauvegarde.
key-file_password-needed = La clé est chiffrée. Donnez son mot de passe.
key-file_wrong-password = Le mot de passe est faux, ou le fichier est abîmé. Réessayez.
key-file_empty-password = Le mot de passe est vide. Choisissez-en un, ou demandez une clé sans mot de passe.
key-file_unsupported-encryption = Ce chiffrement n’est pas pris en charge. Chiffrez la clé avec scrypt ou PBKDF2 (HMAC-SHA-256), et AES-256-CBC.
key-file_too-costly = La dérivation de clé du fichier demande trop, ou rien. Chiffrez la clé à nouveau avec des paramètres usuels.
key-file_no-entropy = Le système n’a pas fourni d’aléa. Réessayez, au besoin sur une autre machine.
key-file_exists = Un fichier de ce nom existe déjà : on n’écrase jamais une clé. Choisissez un autre nom.
key-file_io = Le fichier de clé ne peut pas être lu ou écrit. Vérifiez le chemin, les droits et la place libre.

## Le stockage
store_in-use = Un autre processus tient ce répertoire. Arrêtez-le, ou passez par lui avec --server.
store_not-found = Ce répertoire ne contient pas de journal. Vérifiez le chemin, ou créez une instance avec « archipel init ».
store_damaged = Les fichiers du journal sont abîmés. Gardez ce répertoire tel quel et restaurez le journal depuis une sauvegarde.
store_rolled-back = Le journal est plus ancien que sa garde : une fin a été perdue. Restaurez la copie la plus récente, et n’effacez pas le fichier de garde.
store_guard = Le fichier de garde manque ou est abîmé. Restaurez-le de la même copie que le journal, ou ouvrez en lecture seule.
store_io = Le système de fichiers refuse l’opération. Vérifiez le chemin, son propriétaire et la place libre.
store_read-damaged = Une partie du stockage est abîmée ; rien d’abîmé n’est montré. Les personnes qui tiennent l’instance doivent la restaurer.
store_read-beyond = La position demandée n’est pas (encore) dans le journal. Demandez une position plus petite.
store_read-io = Le stockage ne peut pas être lu. Réessayez ; si cela dure, les personnes qui tiennent l’instance doivent vérifier le disque.
store_invalid-entry = Une entrée dépasse une limite du stockage. Raccourcissez la déclaration.
store_repeated-id = Le même identifiant figure deux fois dans le lot. Envoyez la déclaration une seule fois.
store_duplicate = Cet identifiant est déjà dans le journal. Demandez son reçu au lieu d’écrire à nouveau.
store_conflict = Le journal a changé entre-temps. Relisez, puis recommencez.
store_derived-behind = Les données dérivées n’ont pas rattrapé le journal. Ouvrez l’instance à nouveau, elles le feront.
store_derived-conflict = Les données dérivées continuent à une autre position. Ouvrez l’instance à nouveau.
store_derived-write = Les données dérivées ne peuvent pas être écrites. Elles seront refaites au prochain démarrage ; vérifiez la place libre.
store_read-only = Le stockage est ouvert en lecture seule. Ouvrez-le en écriture pour enregistrer.
store_not-written = Rien n’a été écrit. Réessayez.
store_in-doubt = La réponse s’est perdue. Cherchez les identifiants dans le journal avant de recommencer.
store_fatal = L’écriture du journal a échoué. Arrêtez le processus et relancez-le : il se rétablira.
tlog_vkey = Ce n’est pas une clé de vérification (nom+empreinte+clé) d’un type connu. Copiez-la en entier, auprès de son propriétaire.
tlog_note = Ce n’est pas une note signée. Téléchargez le fichier à nouveau.
tlog_unsigned = Il manque la signature de la clé en laquelle vous avez confiance. Vérifiez que la clé est bien celle de ce journal ou de ce témoin.
tlog_signature = Une signature d’une clé connue est fausse, ou figure deux fois. Gardez le fichier : il peut prouver une faute.
tlog_quorum = Moins de témoins que requis ont cosigné. Attendez un point de contrôle plus récent, ou interrogez les témoins.
tlog_checkpoint = La note est signée mais n’est pas un point de contrôle. Demandez à qui tient le journal.
tlog_other-log = Le point de contrôle est celui d’un autre journal. Vérifiez l’adresse et la clé de vérification.
tlog_inclusion = La preuve ne mène pas de l’entrée à la racine signée. Gardez le fichier : il peut prouver une faute.
tlog_consistency = L’arbre ultérieur ne commence pas par l’arbre antérieur, ou la preuve n’en est pas une. Gardez les deux points de contrôle.
tlog_receipt = Ce n’est pas un reçu (.tlog-proof). Téléchargez-le à nouveau.
tlog_no-entry = Le reçu ne porte pas l’entrée dont il parle. Donnez aussi l’entrée.
tlog_path = Le chemin ne nomme ni tuile ni lot d’entrées. Voir c2sp.org/tlog-tiles.
tlog_tile = Ce n’est pas une tuile ou un lot de cette largeur. Téléchargez-le à nouveau.
tlog_no-fork = Ces deux points de contrôle ne se contredisent pas.
tlog_fork-file = Ce n’est pas une preuve de bifurcation (archipel-fork/1).
log_no-checkpoint = Rien n’est encore publié, ou ce serveur ne publie rien. Réessayez dans quelques secondes.
log_no-tile = Le point de contrôle ne couvre pas (encore) cette tuile. Téléchargez le point de contrôle, puis ce qu’il couvre.
publish_rolled-back = Un journal plus grand ou autre que celui-ci a été signé auparavant. Rien n’est signé ni enregistré ; qui tient l’instance doit restaurer la copie la plus récente.
publish_signed-damaged = Le fichier du dernier point de contrôle signé est abîmé. Rien n’est signé ni enregistré ; restaurez ce fichier depuis la copie la plus récente.
publish_witnessed = Un témoin montre un point de contrôle ultérieur, signé par ce journal, que ce journal ne contient pas. Rien n’est signé ni enregistré ; qui tient l’instance doit restaurer la copie la plus récente.
publish_hashes = Les empreintes des tuiles ne mènent pas à la racine du journal. Arrêtez, supprimez le dossier « tiles », relancez : il sera refait.
publish_io = Un fichier du journal public ne peut être lu ou écrit. Vérifiez son propriétaire et la place libre.
publish_other-tiles = Ce répertoire contient les tuiles d’un autre journal ou d’une autre histoire. Choisissez un nouveau répertoire.
log_withheld = Ces entrées ne sont pas publiques, ou pas avant la clôture des votes dont elles contiennent des bulletins. Réessayez après la clôture.
foreign-log_other = Ce nom désigne un autre journal, ou le journal a une autre clé qu’auparavant. Choisissez un autre nom ; si la clé a changé, demandez pourquoi.
foreign-log_named-otherwise = Ce journal est déjà consigné sous un autre nom. Utilisez ce nom.
checkpoint_older = Un arbre plus grand de ce journal est déjà consigné. Téléchargez son point de contrôle le plus récent.
checkpoint_fork = Une autre racine de la même taille est consignée : ce journal a montré deux histoires. Gardez les deux points de contrôle et vérifiez-les avec « archipel audit fork ».
checkpoint_known = Ce point de contrôle est déjà consigné.
audit_leaf = Audit échoué : feuille inadmissible. Gardez tout tel quel et comparez avec une autre copie du journal.
audit_statement = Audit échoué : acte invalide. Gardez tout tel quel et comparez avec une autre copie du journal.
audit_derived = Audit échoué : les données dérivées diffèrent du journal. Supprimez le dossier `derived` et recommencez.
audit_root = Audit échoué : la racine diffère. Gardez tout tel quel et comparez avec une autre copie du journal.
audit_tile = Audit échoué : une tuile manque ou diffère. Gardez tout tel quel et comparez avec une autre copie du journal.
audit_withheld = Audit incomplet : des entrées ne sont pas publiques. Recommencez après la clôture des votes, ou demandez les entrées.
audit_checkpoint = Audit échoué : point de contrôle invalide. Vérifiez la clé (--vkey) et les témoins ; gardez le fichier.
audit_key = Audit échoué : le journal nomme une autre clé que celle qui le signe. Vérifiez la clé (--vkey) auprès de qui tient le journal.
audit_behind = Audit échoué : le journal ne continue pas ce qui avait été audité. Gardez les deux points de contrôle : ils prouvent la faute.

## Témoins
witness_malformed = La demande, ou le point de contrôle qu’elle porte, est mal formé. Voyez c2sp.org/tlog-witness.
witness_unknown-log = Ce témoin ne connaît pas ce journal. Demandez à qui tient le témoin de l’ajouter.
witness_unsigned = Aucune clé à laquelle ce témoin se fie n’a signé, ou l’une des signatures est fausse. Vérifiez la clé avec qui tient le témoin.
witness_old-beyond = La taille antérieure dépasse celle du point de contrôle. Corrigez la demande.
witness_old-size = La taille antérieure n’est pas celle que ce témoin a cosignée en dernier. Envoyez la preuve depuis la taille qu’il indique.
witness_other-root = Ce témoin a cosigné un autre arbre de cette taille. Gardez les deux points de contrôle : ils prouvent une bifurcation.
witness_proof = La preuve ne mène pas de l’arbre cosigné en dernier à celui-ci. Gardez le point de contrôle : il peut prouver une bifurcation.
witness_clock = L’horloge du témoin a reculé. Il cosignera de nouveau quand l’heure aura rattrapé son retard.
witness_failed = Le témoin ne peut pas lire ou garder son état. Qui le tient doit vérifier son disque.
witness_no-checkpoint = Ce témoin n’a rien cosigné d’un tel journal. Vérifiez l’adresse : elle porte le SHA-256 de l’origine du journal.
witness_name = Ceci ne peut pas nommer un témoin. Choisissez une adresse sans schéma, sans espace ni signe plus, comme example.org/temoin.
witness_exists = Ce dossier contient déjà un témoin. Choisissez-en un autre.
witness_missing = Ce dossier ne contient pas de témoin. Créez-en un avec « archipel witness init ».
witness_in-use = Un autre processus sert ce témoin. Arrêtez-le d’abord ; une clé ne cosigne qu’en un seul endroit.
witness_settings = Les réglages ne peuvent pas être lus. Corrigez le fichier indiqué.
witness_log-key = Ce n’est pas la clé d’un journal à son propre nom. Donnez la clé de vérification (vkey) que publient les gens du journal.
witness_key-twice = Une clé n’a qu’un usage : c’est déjà celle du témoin, ou celle d’un autre journal, ou un journal figure deux fois. Donnez à chacun la sienne.
witness_too-many = Il y a trop de journaux, de clés d’un même journal ou de preuves de bifurcation. Retirez ce qui ne sert plus.
witness_damaged = Ce que ce témoin a cosigné en dernier est illisible. Restaurez ce fichier même depuis la copie la plus récente ; ne le supprimez pas, sinon le témoin oublie ce qu’il a vu.
witness_policy = La liste des témoins est illisible. Corrigez witnesses.json.
witness_io = Le système de fichiers refuse. Vérifiez le chemin, son propriétaire et la place libre.
audit_fetch = Un fichier du journal publié ne peut être obtenu ; rien n’est su du journal. Vérifiez l’adresse ou le chemin, et recommencez.
instance_no-registrar = Ce répertoire a été rétabli sans la clé de l’instance (registrar.pem) et ne peut qu’être lu. Placez-y la clé pour enregistrer, ou servez-le avec --read-only.
